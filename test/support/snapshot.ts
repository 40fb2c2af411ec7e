/** Builds snapshots from literals: an ordinary machine, and the few facts, lines and listeners a test is about. */
import type { AbsentReason, Fact, Reading } from '../../src/model/fact.ts';
import type { CgroupLimits, Listener, Machine, Memory, Process } from '../../src/model/machine.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { RuleContext } from '../../src/model/rule.ts';
import type { ConfigLine, Snapshot } from '../../src/model/snapshot.ts';
import { parseLive, procPath, type Tunable } from '../../src/model/tunable.ts';
import { UNKNOWN_USAGE, type Usage } from '../../src/model/usage.ts';
import { parseValue, type Shape } from '../../src/model/value.ts';
import { TUNABLES } from '../../src/tunables/index.ts';

export const GIB = 1n << 30n;

/** A reading as a test writes it: the kernel's text, or one of the forms without a value. */
export type FactLiteral = string | Exclude<Reading, { readonly state: 'value' }>;

export const absent = (reason: AbsentReason): FactLiteral => ({ state: 'absent', reason });
export const denied = (errno = 'EACCES'): FactLiteral => ({ state: 'denied', errno });
export const unparsable = (text: string): FactLiteral => ({ state: 'unparsable', text });

export interface MachineParts extends Partial<Omit<Machine, 'memory' | 'cgroup' | 'subject'>> {
  readonly memory?: Partial<Memory>;
  readonly cgroup?: Partial<CgroupLimits>;
  readonly subject?: Partial<Process>;
}

export interface SnapshotParts {
  readonly facts?: Readonly<Record<string, FactLiteral>>;
  readonly machine?: MachineParts;
  /** File → its text, in the order in which the files are applied; comments and blank lines are dropped here. */
  readonly config?: Readonly<Record<string, string>>;
  readonly listeners?: readonly Listener[];
  readonly usage?: Partial<Usage>;
}

/** A Debian 13 host with systemd, 4 processors and 32 GiB, in its initial namespace, audited by root. */
export function machineOf(parts: MachineParts = {}): Machine {
  return {
    kernelRelease: '6.12.48',
    arch: 'x64',
    bits: 64,
    pageSize: 4096,
    cpus: 4,
    bootId: null,
    distribution: { id: 'debian', version: '13', name: 'Debian GNU/Linux 13 (trixie)' },
    init: 'systemd',
    sandbox: 'none',
    sandboxEvidence: null,
    initialNetns: 'yes',
    procSysWritable: 'yes',
    capabilities: (1n << 41n) - 1n,
    uid: 0,
    conntrack: 'idle',
    listeners: [],
    listenersIncomplete: null,
    subjectSharesNetns: 'yes',
    ...parts,
    memory: { total: 32n * GIB, available: 30n * GIB, lowTotal: null, lowFree: null, ...parts.memory },
    cgroup: { memoryMax: null, pidsMax: null, ...parts.cgroup },
    subject: { pid: 4242, name: 'bash', chosenBy: 'parent', unit: null, ...parts.subject },
  };
}

export function snapshotOf(parts: SnapshotParts = {}): Snapshot {
  const machine = machineOf(parts.machine);
  const facts = Object.entries(parts.facts ?? {}).map(([key, literal]) => factFrom(key, literal));
  return {
    takenAt: '2026-01-01T00:00:00.000Z',
    origin: 'a test',
    machine: parts.listeners === undefined ? machine : { ...machine, listeners: parts.listeners },
    facts: new Map(facts.map((fact) => [fact.key, fact])),
    usage: { ...UNKNOWN_USAGE, ...parts.usage },
    files: { directories: [], files: {} },
    sysctlKeys: [],
    cmdline: '',
    configLines: Object.entries(parts.config ?? {}).flatMap(([file, text]) => linesOf(file, text)),
  };
}

export function factFrom(key: string, literal: FactLiteral): Fact {
  const tunable = TUNABLES.find((t) => t.key === key);
  return {
    key,
    scope:
      tunable?.scope ?? (key.startsWith('limit.') ? 'process' : key.startsWith('net.') ? 'netns' : 'host'),
    source: procPath(key) ?? key,
    reading: typeof literal === 'string' ? readingOf(key, tunable, literal) : literal,
  };
}

function readingOf(key: string, tunable: Tunable | undefined, text: string): Reading {
  const value = tunable === undefined ? parseValue(guessShape(key, text), text) : parseLive(tunable, text);
  return value === null ? { state: 'unparsable', text } : { state: 'value', value };
}

/** For a key that the catalogue does not have: what its name and its text suggest. */
function guessShape(key: string, text: string): Shape {
  if (key.startsWith('limit.') || /limit/i.test(key)) return { kind: 'limit' };
  if (key === 'net.ipv4.ip_local_port_range') return { kind: 'portRange' };
  if (key === 'net.ipv4.ip_local_reserved_ports') return { kind: 'portSet' };
  const words = text.trim().split(/\s+/);
  if (!words.every((word) => /^-?\d+$/.test(word))) return { kind: 'word' };
  return words.length === 1 ? { kind: 'integer' } : { kind: 'tuple', fields: words.map((_, i) => `${i}`) };
}

function linesOf(file: string, text: string): readonly ConfigLine[] {
  return text
    .split('\n')
    .map((line, i) => ({ file, line: i + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !/^[#;]/.test(line.text));
}

/** `0.0.0.0:80` or `[::]:80`; TCP unless said otherwise. */
export function listener(
  address: string,
  backlog: number | null = null,
  transport: 'tcp' | 'udp' = 'tcp',
): Listener {
  const match = /^\[?([^\]]*)\]?:(\d+)$/.exec(address);
  const host = match?.[1] ?? '';
  return {
    protocol: host.includes(':') ? `${transport}6` : transport,
    address: host,
    port: Number(match?.[2]),
    backlog,
  };
}

export function profileOf(goal = 1_000_000n): Profile {
  return {
    name: 'test',
    title: 'A profile without settings',
    description: '',
    goal,
    workload: 'idle',
    lineage: ['test'],
    file: 'test.yaml',
    settings: [],
  };
}

export function contextOf(parts: SnapshotParts = {}, goal = 1_000_000n): RuleContext {
  return { snapshot: snapshotOf(parts), profile: profileOf(goal), goal, predict: () => null };
}
