/**
 * `sysctl --system` of procps 4.0.2 and 4.0.4 (src/sysctl.c; both do the same): every assignment of every file is
 * written in order, and /etc/sysctl.conf comes last whatever its place in the alphabet.
 */
import { aboutFile, aboutLine } from './complaint.ts';
import { ComplaintLog } from './complaint-log.ts';
import { type ConfFile, confDirectories, confFiles } from './conf-files.ts';
import { compileName } from './fnmatch.ts';
import { GlobExpander, isGlob, type PathNode } from './glob.ts';
import { type KeySpace, lookUp } from './key-space.ts';
import { readSysctlFile, type SettingLine } from './sysctl-files.ts';
import { type LoaderResult, type Loss, MAX_ATTEMPTS, type SysctlWrite } from './sysctl-result.ts';
import { nearMiss, SYSCTL_CONF } from './systemd-sysctl.ts';
import { entriesOf, errnoOf, type FileTree, type TreeEntry } from './tree.ts';

export interface ProcpsOptions {
  /** Releases after 4.0.4: an exclusion may itself be a glob. Read in the source, not run here. */
  readonly globExclusions?: boolean;
}

export function procpsSysctl(tree: FileTree, keys: KeySpace, options: ProcpsOptions = {}): LoaderResult {
  const directories = confDirectories('sysctl.d');
  const files = confFiles(tree, { directories, hidden: true });
  const preloaded = files.read.flatMap((file) => preload(tree, file));
  const last = tree.files[SYSCTL_CONF];
  const read =
    last?.kind === 'file' || last?.kind === 'symlink'
      ? [...preloaded, { path: SYSCTL_CONF, entry: last }]
      : preloaded;
  const readings = read.map((file) => readSysctlFile('procps', file));
  const complaints = new ComplaintLog();
  complaints.add(...files.complaints, ...readings.flatMap((r) => r.complaints));
  const run = new Run(
    keys,
    readings.flatMap((r) => r.settings),
    complaints,
    options.globExclusions === true,
  );
  run.writeAll();
  if (readings.some((r) => r.failed)) run.failure ??= 'a file could not be opened';
  return {
    loader: 'procps',
    writes: run.writes,
    losses: run.losses,
    complaints: complaints.all(),
    filesRead: read.map((f) => f.path),
    failure: run.failure,
  };
}

/** Preload hands the file's own path to glob(3): a name with `*`, `[`, `{` or a backslash may stand for other files. */
function preload(tree: FileTree, file: ConfFile): readonly ConfFile[] {
  const slash = file.path.lastIndexOf('/');
  const directory = file.path.slice(0, slash);
  if (!/[*?[\\{]/.test(file.entry.name)) return [file];
  const entries = new Map(entriesOf(tree, directory).map((entry) => [entry.name, entry]));
  const options = { braces: true, dotEntries: true, unit: 'character' } as const;
  const found = new GlobExpander(flatDirectory([...entries.keys()]), options).expand(`/${file.entry.name}`);
  const named = (found ?? []).flatMap((path) => {
    const entry = entries.get(path.slice(1));
    return entry === undefined ? [] : [{ path: `${directory}${path}`, entry }];
  });
  if (named.length === 0) return [file];
  // The first that does not open ends the reading of them all.
  const broken = named.findIndex(({ entry }) => !opens(entry));
  return broken === -1 ? named : named.slice(0, broken + 1);
}

/** fopen(3) opens a directory as well; only reading it fails. */
function opens(entry: TreeEntry): boolean {
  const errno = errnoOf(entry);
  return errno === null || errno === 'EISDIR';
}

function flatDirectory(names: readonly string[]): PathNode {
  const children = new Map<string, PathNode>();
  const root: PathNode = { parent: null, children };
  for (const name of names) children.set(name, { parent: root, children: null });
  return root;
}

/** write_setting_list: the writes. */
class Run {
  readonly writes: SysctlWrite[] = [];
  readonly losses: Loss[] = [];
  failure: string | null = null;
  #attempts = 0;
  readonly #keys: KeySpace;
  readonly #globs: GlobExpander;
  readonly #lines: readonly SettingLine[];
  readonly #complaints: ComplaintLog;
  /** Every path of the list as it is spelled, to the first line that has it. */
  readonly #named = new Map<string, SettingLine>();
  readonly #globExclusions: { readonly line: SettingLine; readonly matches: (path: string) => boolean }[] =
    [];

  constructor(
    keys: KeySpace,
    lines: readonly SettingLine[],
    complaints: ComplaintLog,
    globExclusions: boolean,
  ) {
    this.#keys = keys;
    this.#globs = new GlobExpander(keys.root, { braces: false, dotEntries: true, unit: 'character' });
    this.#lines = lines;
    this.#complaints = complaints;
    for (const line of lines) {
      const { setting } = line;
      if (!this.#named.has(setting.path)) this.#named.set(setting.path, line);
      if (setting.kind !== 'exclusion' || !setting.glob) continue;
      if (globExclusions)
        this.#globExclusions.push({ line, matches: compileName(setting.path, 'character') });
      else complaints.add(aboutLine('exclusion-matches-nothing', 'warning', line.at));
    }
  }

  writeAll(): void {
    for (const line of this.#lines) {
      const { at, setting } = line;
      if (setting.kind === 'exclusion') continue;
      if (setting.repeatedSeparators) this.#complaints.add(aboutLine('repeated-separators', 'info', at));
      if (setting.glob) this.#writeGlob(line, setting.path, setting.value);
      else {
        this.#attempts++;
        this.#write(line, setting.path, setting.value);
      }
      if (this.#attempts > MAX_ATTEMPTS) {
        this.#complaints.add(aboutFile('too-many-entries', 'error', at.file));
        return;
      }
    }
  }

  #writeGlob(line: SettingLine, pattern: string, value: string): void {
    const found = this.#globs.expand(`/proc/sys/${pattern}`);
    if (found === null || found.length === 0) {
      const code = found === null ? 'glob-too-large' : 'glob-hits-nothing';
      this.#complaints.add(aboutLine(code, found === null ? 'error' : 'info', line.at));
      return;
    }
    this.#attempts += found.length;
    for (const full of found) {
      const path = full.slice('/proc/sys/'.length);
      const winner = this.#named.get(path) ?? this.#globExclusions.find((e) => e.matches(path))?.line;
      if (winner === undefined) this.#write(line, path, value);
      else {
        const reason = winner.setting.kind === 'exclusion' ? 'excluded' : 'explicit-setting-wins';
        this.losses.push({ path, value, at: line.at, reason, by: winner.at });
      }
    }
  }

  /** WriteSetting, up to the write itself; `--system` implies that an unknown key is passed over in silence. */
  #write({ at, setting }: SettingLine, path: string, value: string): void {
    const found = lookUp(this.#keys, `/proc/sys/${path}`);
    if (found.kind === 'absent') {
      const code = nearMiss(this.#keys, path) ? 'interface-name-has-dot' : 'no-such-key';
      this.#complaints.add(aboutLine(code, 'warning', at, path));
    } else if (found.kind === 'directory') {
      this.#complaints.add(
        aboutLine(found.outside ? 'outside-proc-sys' : 'names-a-directory', 'warning', at, path),
      );
      if (found.outside) this.failure ??= 'a key is not below /proc/sys';
    } else if ((found.mode & 0o200) === 0) {
      this.#complaints.add(aboutLine('read-only-key', 'warning', at, path));
    } else {
      const ignoreFailure = setting.kind === 'assignment' && setting.ignoreFailure;
      this.writes.push({ path: found.path, value, ignoreFailure, glob: isGlob(setting.path), at });
    }
  }
}
