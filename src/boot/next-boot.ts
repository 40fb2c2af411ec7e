/**
 * What every key will hold: after the next boot (command line, then systemd-sysctl) and after `sysctl --system`, with
 * the deciding line, the losing ones, and who may write it later still.
 */
import type { ConfigLine } from '../model/snapshot.ts';
import type { Value } from '../model/value.ts';
import { cmdlineSysctls } from './cmdline.ts';
import { aboutFile, aboutLine, type Complaint } from './complaint.ts';
import { confDirectories, confFiles } from './conf-files.ts';
import { type KeySpace, keyOfPath } from './key-space.ts';
import { earlyModules, moduleOfPath } from './late-modules.ts';
import { type LateSetting, type LateWriter, lateWriters, lateWritersOf } from './late-writers.ts';
import type { KeyKnowledge } from './loader-write.ts';
import { type ProcpsOptions, procpsSysctl } from './procps-sysctl.ts';
import { type Settlement, settle } from './settle.ts';
import { readSysctlFile } from './sysctl-files.ts';
import type { LoaderResult, Loss } from './sysctl-result.ts';
import { SYSCTL_CONF, systemdSysctl } from './systemd-sysctl.ts';
import type { FileTree } from './tree.ts';

export interface NextBootInput {
  readonly tree: FileTree;
  readonly keys: KeySpace;
  /** By path below /proc/sys; null when no tunable describes the key. */
  readonly knowledge: (path: string) => KeyKnowledge | null;
  /** The value a key has when nothing sets it (the kernel's default); null when unknown. */
  readonly unset: (path: string) => Value | null;
  /** Does systemd-sysctl run at boot here? */
  readonly systemd: boolean;
  /** /proc/cmdline. */
  readonly cmdline: string;
  /** Is this module part of the kernel or loaded before systemd-sysctl for another reason (initramfs)? */
  readonly moduleIsEarly: (module: string) => boolean;
  readonly procps?: ProcpsOptions;
}

export interface Outcome {
  /** `unset`: nothing writes it, or nothing that counts: the kernel's default, or what another program sets. */
  readonly by: 'file' | 'cmdline' | 'unset';
  /** Null when unknown. */
  readonly value: Value | null;
  /** The text of the deciding line; null for `unset`. */
  readonly text: string | null;
  readonly at: ConfigLine | null;
  /** Lines that name the key and do not decide, in the order they are read. */
  readonly losses: readonly Loss[];
}

export interface KeyOutcome {
  readonly path: string;
  /** The usual spelling. */
  readonly key: string;
  /** After the next boot. */
  readonly boot: Outcome;
  /** After an administrator or a package runs `sysctl --system` on the booted host. */
  readonly manual: Outcome;
  readonly differs: boolean;
  /** The module that brings the key when it is loaded too late for boot; null otherwise. */
  readonly lateModule: string | null;
  readonly later: readonly { readonly writer: LateWriter; readonly setting: LateSetting }[];
}

export interface NextBoot {
  /** Every key that some file, the command line or a known program names, by path. */
  readonly keys: ReadonlyMap<string, KeyOutcome>;
  readonly systemd: { readonly result: LoaderResult; readonly settlement: Settlement };
  readonly procps: { readonly result: LoaderResult; readonly settlement: Settlement };
  readonly writers: readonly LateWriter[];
  readonly complaints: readonly Complaint[];
}

export function nextBoot(input: NextBootInput): NextBoot {
  const { tree, keys, knowledge } = input;
  const early = new Set(earlyModules(tree, input.cmdline).map(({ module }) => module));
  const lateModule = (path: string): string | null => {
    const module = moduleOfPath(path);
    return module === null || early.has(module) || input.moduleIsEarly(module) ? null : module;
  };
  const cmdline = settle(fromCmdline(input.cmdline), { knowledge, before: input.unset });
  const first = (path: string): Value | null => cmdline.keys.get(path)?.value ?? input.unset(path);

  const systemd = input.systemd ? systemdSysctl(tree, keys) : nothing('systemd-sysctl');
  const inTime = { ...systemd, writes: systemd.writes.filter(({ path }) => lateModule(path) === null) };
  const atBoot = settle(inTime, { knowledge, before: first });
  const procps = procpsSysctl(tree, keys, input.procps);
  const byHand = settle(procps, { knowledge, before: (path) => atBoot.keys.get(path)?.value ?? first(path) });

  const writers = lateWriters(tree);
  const tooLate = systemd.writes.filter(({ path }) => lateModule(path) !== null);
  const masked = maskedLosses(tree, input.systemd);
  const paths = new Set([
    ...[...cmdline.keys.keys(), ...systemd.writes.map((w) => w.path), ...procps.writes.map((w) => w.path)],
    ...[...systemd.losses, ...procps.losses, ...masked.both, ...masked.boot].map((loss) => loss.path),
    ...writers.flatMap((w) => w.settings.map((s) => s.path)).filter((path) => !path.includes('*')),
  ]);
  const bootLosses = byPath([...systemd.losses, ...masked.both, ...masked.boot, ...atBoot.losses]);
  const manualLosses = byPath([...procps.losses, ...masked.both, ...byHand.losses]);
  const outcomes = [...paths].sort().map((path): KeyOutcome => {
    const boot = outcome(path, atBoot, cmdline, first(path), bootLosses);
    const manual = outcome(path, byHand, null, boot.value, manualLosses);
    const carried = manual.by === 'unset' ? { ...boot, losses: manual.losses } : manual;
    return {
      path,
      key: keyOfPath(path),
      boot,
      manual: carried,
      differs: boot.text !== carried.text,
      lateModule: lateModule(path),
      later: lateWritersOf(writers, path),
    };
  });
  return {
    keys: new Map(outcomes.map((one) => [one.path, one])),
    systemd: { result: systemd, settlement: atBoot },
    procps: { result: procps, settlement: byHand },
    writers,
    complaints: distinct([
      ...[...systemd.complaints, ...atBoot.complaints, ...procps.complaints, ...byHand.complaints],
      ...tooLate.map(({ at, path }) => aboutLine('module-loads-later', 'warning', at, moduleOfPath(path))),
      ...masked.complaints,
    ]),
  };
}

function outcome(
  path: string,
  settlement: Settlement,
  cmdline: Settlement | null,
  unset: Value | null,
  losses: ReadonlyMap<string, readonly Loss[]>,
): Outcome {
  const settled = settlement.keys.get(path);
  const mine = losses.get(path) ?? [];
  if (settled !== undefined && settled.at !== null) {
    return { by: 'file', value: settled.value, text: settled.text, at: settled.at, losses: mine };
  }
  const early = cmdline?.keys.get(path);
  if (early !== undefined && early.at !== null) {
    return { by: 'cmdline', value: early.value, text: early.text, at: early.at, losses: mine };
  }
  return { by: 'unset', value: unset, text: null, at: null, losses: mine };
}

function byPath(losses: readonly Loss[]): ReadonlyMap<string, readonly Loss[]> {
  const groups = new Map<string, Loss[]>();
  for (const loss of losses) {
    const group = groups.get(loss.path);
    if (group === undefined) groups.set(loss.path, [loss]);
    else group.push(loss);
  }
  return groups;
}

/** The lines of files that lose as a whole: masked under both loaders, and /etc/sysctl.conf where systemd skips it. */
function maskedLosses(tree: FileTree, systemd: boolean) {
  const files = confFiles(tree, { directories: confDirectories('sysctl.d'), hidden: false });
  const both = files.masked.flatMap((file) =>
    readSysctlFile('systemd', file).settings.flatMap(({ at, setting }): Loss[] =>
      setting.kind === 'exclusion' || setting.glob
        ? []
        : [
            {
              path: setting.path,
              value: setting.value,
              at,
              reason: 'file-masked',
              by: { file: file.by, line: null },
            },
          ],
    ),
  );
  const main = tree.files[SYSCTL_CONF];
  const linked = files.read.some(
    ({ entry }) => entry.kind === 'symlink' && /(^|\/)sysctl\.conf$/.test(entry.target),
  );
  if (main === undefined || linked || !systemd) return { both, boot: [], complaints: [] };
  const { settings } = readSysctlFile('systemd', { path: SYSCTL_CONF, entry: main });
  const boot = settings.flatMap(({ at, setting }): Loss[] =>
    setting.kind === 'exclusion' || setting.glob
      ? []
      : [{ path: setting.path, value: setting.value, at, reason: 'file-not-read', by: null }],
  );
  const complaints =
    settings.length > 0 ? [aboutFile('never-read', 'warning', SYSCTL_CONF, 'systemd-sysctl')] : [];
  return { both, boot, complaints };
}

function fromCmdline(cmdline: string): LoaderResult {
  return { ...nothing('systemd-sysctl'), writes: cmdlineSysctls(cmdline) };
}

function nothing(loader: LoaderResult['loader']): LoaderResult {
  return { loader, writes: [], losses: [], complaints: [], filesRead: [], failure: null };
}

/** Both loaders say much the same of a line: once is enough. */
function distinct(complaints: readonly Complaint[]): readonly Complaint[] {
  const seen = new Map<string, Complaint>();
  for (const one of complaints) {
    const id = `${one.code}\0${one.file}\0${one.line}\0${one.detail}`;
    if (!seen.has(id)) seen.set(id, one);
  }
  return [...seen.values()];
}
