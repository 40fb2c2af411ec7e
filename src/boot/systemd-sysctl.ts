/**
 * systemd-sysctl at boot (src/sysctl/sysctl.c of 252 and 257, which do the same): all files into one ordered map,
 * then one pass of writes. /etc/sysctl.conf is read only where a file in sysctl.d is a symlink to it.
 */
import type { ConfigLine } from '../model/snapshot.ts';
import { aboutFile, aboutLine, type ComplaintCode } from './complaint.ts';
import { ComplaintLog } from './complaint-log.ts';
import { type ConfFile, confDirectories, confFiles } from './conf-files.ts';
import { GlobExpander } from './glob.ts';
import { type KeySpace, lookUp } from './key-space.ts';
import { readSysctlFile, type SettingLine } from './sysctl-files.ts';
import { type LoaderResult, type Loss, MAX_ATTEMPTS, type SysctlWrite } from './sysctl-result.ts';
import type { FileTree } from './tree.ts';

/** <linux/limits.h> */
const NAME_MAX = 255;
export const SYSCTL_CONF = '/etc/sysctl.conf';

/** Where the credential `sysctl.extra` may lie: it is parsed after all files. */
export const SYSCTL_CREDENTIALS = [
  '/run/credentials/systemd-sysctl.service/sysctl.extra',
  '/run/credentials/@system/sysctl.extra',
  '/etc/credstore/sysctl.extra',
  '/run/credstore/sysctl.extra',
  '/usr/local/lib/credstore/sysctl.extra',
  '/usr/lib/credstore/sysctl.extra',
] as const;

interface Option {
  readonly path: string;
  /** null for an exclusion. */
  readonly value: string | null;
  ignoreFailure: boolean;
  readonly glob: boolean;
  readonly at: ConfigLine;
}

export function systemdSysctl(tree: FileTree, keys: KeySpace): LoaderResult {
  const files = confFiles(tree, { directories: confDirectories('sysctl.d'), hidden: false });
  const read = [...files.read, ...credential(tree)];
  const readings = read.map((file) => readSysctlFile('systemd', file));
  const complaints = new ComplaintLog();
  complaints.add(...files.complaints, ...readings.flatMap((r) => r.complaints));
  const losses: Loss[] = [];
  const options = collect(
    readings.flatMap((r) => r.settings),
    losses,
    complaints,
  );
  const run = new Run(keys, options, losses, complaints);
  run.applyAll();
  // What is wrong with the credential does not count.
  if (readings.slice(0, files.read.length).some((r) => r.failed))
    run.failure ??= 'a file or line could not be read';
  return {
    loader: 'systemd-sysctl',
    writes: run.writes,
    losses,
    complaints: complaints.all(),
    filesRead: read.map((f) => f.path),
    failure: run.failure,
  };
}

function credential(tree: FileTree): readonly ConfFile[] {
  for (const path of SYSCTL_CREDENTIALS) {
    const entry = tree.files[path];
    if (entry !== undefined) return [{ path, entry }];
  }
  return [];
}

/** parse_file: a different value moves the key to the end of the map, the same value leaves it where it is. */
function collect(
  lines: readonly SettingLine[],
  losses: Loss[],
  complaints: ComplaintLog,
): Map<string, Option> {
  const options = new Map<string, Option>();
  for (const { at, setting } of lines) {
    const value = setting.kind === 'assignment' ? setting.value : null;
    const ignoreFailure = setting.kind === 'assignment' && setting.ignoreFailure;
    const earlier = options.get(setting.path);
    if (earlier !== undefined && earlier.value === value) {
      earlier.ignoreFailure ||= ignoreFailure;
      if (value !== null) losses.push({ path: setting.path, value, at, reason: 'repeated', by: earlier.at });
      continue;
    }
    if (earlier !== undefined) {
      options.delete(setting.path);
      if (earlier.value !== null) {
        const reason = value === null ? 'erased-by-exclusion' : 'overwritten';
        losses.push({ path: earlier.path, value: earlier.value, at: earlier.at, reason, by: at });
        if (value === null)
          complaints.add(aboutLine('erased-by-exclusion', 'warning', at, where(earlier.at)));
      }
    }
    options.set(setting.path, { path: setting.path, value, ignoreFailure, glob: setting.glob, at });
  }
  return options;
}

/** apply_all: the writes. */
class Run {
  readonly writes: SysctlWrite[] = [];
  failure: string | null = null;
  #attempts = 0;
  readonly #keys: KeySpace;
  readonly #globs: GlobExpander;
  readonly #options: ReadonlyMap<string, Option>;
  readonly #losses: Loss[];
  readonly #complaints: ComplaintLog;

  constructor(
    keys: KeySpace,
    options: ReadonlyMap<string, Option>,
    losses: Loss[],
    complaints: ComplaintLog,
  ) {
    this.#keys = keys;
    this.#globs = new GlobExpander(keys.root, { braces: true, dotEntries: false, unit: 'byte' });
    this.#options = options;
    this.#losses = losses;
    this.#complaints = complaints;
  }

  applyAll(): void {
    for (const option of this.#options.values()) {
      const { value } = option;
      if (value === null) continue;
      if (!option.glob) this.#write(option, option.path, value);
      else if (!this.#writeGlob(option, value)) return;
      if (++this.#attempts > MAX_ATTEMPTS) {
        this.#complaints.add(aboutFile('too-many-entries', 'error', option.at.file));
        return;
      }
    }
  }

  /** False when systemd-sysctl would die here: an assertion fails for a first component of over 255 bytes. */
  #writeGlob(option: Option, value: string): boolean {
    const found = this.#globs.expand(`/proc/sys/${option.path}`);
    if (found === null) {
      this.#complaints.add(aboutLine('glob-too-large', 'error', option.at));
      return true;
    }
    if (found.length === 0) {
      if (Buffer.byteLength(firstName(option.path)) > NAME_MAX) {
        this.#complaints.add(aboutLine('loader-crashes', 'error', option.at));
        this.failure = 'systemd-sysctl crashes';
        return false;
      }
      // GLOB_NOCHECK gives the pattern back, which is then found to be set by name (by itself): nothing is said.
      this.#complaints.add(aboutLine('glob-hits-nothing', 'info', option.at));
    }
    this.#attempts += found.length;
    for (const full of found) {
      const path = full.replace(/^\/proc\/sys\/*/, '');
      const explicit = this.#options.get(path);
      if (explicit === undefined) this.#write(option, path, value);
      else {
        const reason = explicit.value === null ? 'excluded' : 'explicit-setting-wins';
        this.#losses.push({ path, value, at: option.at, reason, by: explicit.at });
      }
    }
    return true;
  }

  /** sysctl_write_or_warn, up to the write itself. */
  #write(option: Option, path: string, value: string): void {
    const { at, ignoreFailure, glob } = option;
    const fault = this.#faultOf(path);
    if (fault !== null) {
      this.#complaints.add(aboutLine(fault.code, fault.fatal ? 'error' : 'warning', at, path));
      if (fault.fatal && !ignoreFailure) this.failure ??= fault.code;
      return;
    }
    this.writes.push({ path, value, ignoreFailure, glob, at });
  }

  /** Why nothing is written; systemd-sysctl ends with a failure for the fatal ones. Null when the key is there. */
  #faultOf(path: string): { readonly code: ComplaintCode; readonly fatal: boolean } | null {
    // path_is_normalized(): no `..`, and a name that is too long makes a path invalid wherever in it the name stands.
    if (path.split('/').some((name) => name === '..' || Buffer.byteLength(name) > NAME_MAX)) {
      return { code: 'path-not-normalized', fatal: true };
    }
    const found = lookUp(this.#keys, `/proc/sys/${path}`);
    if (found.kind === 'directory') return { code: 'names-a-directory', fatal: true };
    if (found.kind === 'absent') {
      if (found.errno !== 'ENOENT') return { code: 'no-such-key', fatal: true };
      return { code: nearMiss(this.#keys, path) ? 'interface-name-has-dot' : 'no-such-key', fatal: false };
    }
    // Opened for reading and writing: a write-only key (route/flush) is refused as well.
    return (found.mode & 0o600) === 0o600 ? null : { code: 'read-only-key', fatal: false };
  }
}

function firstName(path: string): string {
  return path.replace(/^(?:\/|\.\/)+/, '').split('/', 1)[0] ?? '';
}

/** Would the key exist if the interface's name had its dot: `net/ipv4/conf/eth0/100/rp_filter`? */
export function nearMiss(keys: KeySpace, path: string): boolean {
  const match = /^(net\/ipv[46]\/(?:conf|neigh)\/)(.+)\/([^/]+)$/.exec(path);
  if (!match?.[2]?.includes('/')) return false;
  const [, before = '', name = '', leaf = ''] = match;
  if (keys.open) return true;
  return lookUp(keys, `/proc/sys/${before}${name.replaceAll('/', '.')}/${leaf}`).kind === 'file';
}

function where(at: ConfigLine): string {
  return `${at.file}:${at.line}`;
}
