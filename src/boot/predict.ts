/** A snapshot's next boot: what every key and every kind of session will get, in the terms of the audit. */
import type { BootPrediction, Place } from '../model/finding.ts';
import { kernelDefault } from '../model/kernel-default.ts';
import type { ConfigLine, Snapshot } from '../model/snapshot.ts';
import type { Tunable } from '../model/tunable.ts';
import { integer, parseValue, type Quantity, type Value } from '../model/value.ts';
import type { Complaint } from './complaint.ts';
import { keyOfPath, keySpace, pathOfKey, type SysctlKey } from './key-space.ts';
import { LOADED_CONNTRACK, moduleOfPath } from './late-modules.ts';
import { type KeyOutcome, type NextBoot, nextBoot } from './next-boot.ts';
import { pamVariantOf, type SessionUser } from './pam-types.ts';
import { type SessionRow, sessionTable } from './sessions.ts';
import { INIT_LIMITS } from './systemd-limits.ts';
import type { FileTree } from './tree.ts';

export interface BootModel {
  /** Null where the files decide nothing, or nobody knows who applies them. */
  readonly next: NextBoot | null;
  /** Why `next` is null. */
  readonly unmodelled: string | null;
  readonly sessions: readonly SessionRow[];
  /** Null for keys that the model does not speak about. */
  readonly predict: (key: string) => BootPrediction | null;
}

/** The user whose sessions stand for all ordinary ones. */
const ORDINARY: SessionUser = { name: 'user', uid: 1000, gid: 1000, groups: [{ name: 'user', gid: 1000 }] };
const NR_OPEN = 'fs.nr_open';
const NR_OPEN_DEFAULT = 1048576n;

export function predictBoot(snapshot: Snapshot, catalogue: ReadonlyMap<string, Tunable>): BootModel {
  const unmodelled = whyNot(snapshot);
  const next = unmodelled === null ? sysctlModel(snapshot, catalogue) : null;
  const sessions = snapshot.machine.init === 'systemd' ? sessionModel(snapshot, next) : [];
  const predict = (key: string): BootPrediction | null => {
    if (key.startsWith('limit.nofile.')) return limitPrediction(key, snapshot, sessions);
    const tunable = catalogue.get(key);
    if (next === null || tunable === undefined || !/^(fs|net|vm|kernel)\./.test(key)) return null;
    const known = next.keys.get(pathOfKey(key));
    return known === undefined ? untouched(tunable, snapshot) : prediction(known, tunable, snapshot);
  };
  return { next, unmodelled, sessions, predict };
}

/** What is wrong with the files themselves, sysctl and limits, each complaint once. */
export function complaintsOf({ next, sessions }: BootModel): readonly Complaint[] {
  const all = [...(next?.complaints ?? []), ...sessions.flatMap((row) => row.complaints)];
  return [...new Map(all.map((one) => [`${one.code} ${one.file} ${one.line} ${one.detail}`, one])).values()];
}

/** Why the files of this snapshot say nothing about what its keys will be; null when they do. */
function whyNot({ machine, files }: Snapshot): string | null {
  if (machine.init !== 'systemd')
    return `process 1 is ${machine.init}: who applies sysctl.d at boot is not known`;
  if (machine.initialNetns === 'no')
    return 'a child network namespace starts from the kernel’s defaults, not from files';
  return files.directories.length === 0 ? 'the configuration files were not captured' : null;
}

function sysctlModel(snapshot: Snapshot, catalogue: ReadonlyMap<string, Tunable>): NextBoot {
  const tunableOf = (path: string) => catalogue.get(keyOfPath(path)) ?? null;
  return nextBoot({
    tree: snapshot.files,
    keys: keySpace([...moduleKeys(catalogue), ...snapshot.sysctlKeys]),
    knowledge: tunableOf,
    unset: (path) => {
      const tunable = tunableOf(path);
      return tunable === null ? null : bootDefault(tunable, snapshot);
    },
    systemd: true,
    cmdline: snapshot.cmdline,
    // A key that is there although no module is: it is part of the kernel, or of the initramfs.
    moduleIsEarly: (module) =>
      module === 'nf_conntrack' &&
      snapshot.machine.conntrack === 'idle' &&
      !(LOADED_CONNTRACK in snapshot.files.files),
  });
}

/** Keys that are not there as long as their module is not loaded: a line for one is early or late, not misspelt. */
function moduleKeys(catalogue: ReadonlyMap<string, Tunable>): readonly SysctlKey[] {
  return [...catalogue.values()]
    .filter(({ module }) => module !== undefined)
    .map(({ key }) => ({ path: pathOfKey(key), mode: 0o644 }));
}

/** What a key holds when the files are applied: the kernel's default, or what systemd makes of it before. */
function bootDefault(tunable: Tunable, { machine, files }: Snapshot): Value | null {
  const raised = tunable.key === NR_OPEN && machine.init === 'systemd' ? limitOfInit(files.files) : null;
  return raised ?? kernelDefault(tunable, machine.kernelRelease);
}

/**
 * Some builds of systemd raise fs.nr_open as far as it goes, others leave it (Debian 12). All of them then raise their
 * own hard limit to it, before any file is applied, and keep that: so process 1 tells which kind it is.
 */
function limitOfInit(files: FileTree['files']): Value | null {
  const entry = files[INIT_LIMITS];
  const hard = entry?.kind === 'file' ? /^Max open files\s+\d+\s+(\d+)/m.exec(entry.text)?.[1] : undefined;
  return hard === undefined ? null : integer(BigInt(hard));
}

const NOTHING = { at: null, manual: null, losing: [], later: [], lateModule: null } as const;

/** No file names it. */
function untouched(tunable: Tunable, snapshot: Snapshot): BootPrediction {
  const value = bootDefault(tunable, snapshot);
  return { by: value === null ? 'unknown' : 'default', value, ...NOTHING };
}

function prediction(outcome: KeyOutcome, tunable: Tunable, snapshot: Snapshot): BootPrediction {
  const { boot, manual } = outcome;
  const value = boot.value ?? (boot.by === 'unset' ? bootDefault(tunable, snapshot) : null);
  return {
    by: boot.by === 'unset' ? (value === null ? 'unknown' : 'default') : boot.by,
    value,
    at: placeOf(boot.at),
    manual: outcome.differs ? { value: manual.value, at: placeOf(manual.at) } : null,
    losing: boot.losses.map((loss) => ({
      at: { file: loss.at.file, line: loss.at.line },
      text: loss.value,
      value: parseValue(tunable.shape, loss.value),
    })),
    later: outcome.later.map(({ writer }) => writer.name),
    lateModule:
      outcome.lateModule ??
      (boot.by === 'unset' && tunable.module !== undefined ? moduleOfPath(outcome.path) : null),
  };
}

function placeOf(at: ConfigLine | null): Place | null {
  return at === null ? null : { file: at.file, line: at.line };
}

function sessionModel({ files, machine, facts }: Snapshot, next: NextBoot | null): readonly SessionRow[] {
  const live = facts.get(NR_OPEN)?.reading;
  const now = live?.state === 'value' && live.value.kind === 'integer' ? live.value.n : NR_OPEN_DEFAULT;
  const atBoot = next?.keys.get(pathOfKey(NR_OPEN))?.boot.value;
  const nrOpen = atBoot?.kind === 'integer' ? atBoot.n : now;
  return sessionTable({
    tree: files,
    nrOpen,
    variant: pamVariantOf(machine.distribution.id, machine.distribution.version),
    systemd: true,
    // systemd raises its own limit to fs.nr_open, whatever that is at the next boot.
    init: { soft: nrOpen, hard: nrOpen },
    user: ORDINARY,
    service: machine.subject.unit,
  });
}

function limitPrediction(
  key: string,
  { machine }: Snapshot,
  sessions: readonly SessionRow[],
): BootPrediction | null {
  const kind =
    machine.subject.chosenBy === 'service'
      ? 'systemd service'
      : machine.uid === 0
        ? 'root login'
        : 'login user';
  // Of a process that was named by its number nobody knows what starts it.
  const row = machine.subject.chosenBy === 'pid' ? undefined : sessions.find((one) => one.session === kind);
  if (row === undefined || row.refused !== null) return null;
  const soft = key.endsWith('.soft');
  const n: Quantity = soft ? row.soft : row.hard;
  const at = placeOf(soft ? row.softAt : row.hardAt);
  return { by: at === null ? 'default' : 'file', value: { kind: 'limit', n }, ...NOTHING, at };
}
