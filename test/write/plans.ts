/** Plans as literals, and random hosts with a plan for each. */
import fc from 'fast-check';
import type { FileChange, LiveWrite, Plan } from '../../src/model/plan.ts';
import { formatValue, integer, portRange, tuple, type Value } from '../../src/model/value.ts';
import { fileNode, hostState, type Knob, type MemoryHostState, type Node } from './memory-writer.ts';

export const MARK = '# Managed by tune: a test\n';
export const SYSCTL = '/etc/sysctl.d/zz-tune.conf';
export const LIMITS = '/etc/security/limits.d/zz-tune.conf';
export const SYSTEM = '/etc/systemd/system.conf.d/zz-tune.conf';

export function planWith(parts: Partial<Plan>): Plan {
  return {
    schemaVersion: 1,
    target: 'host',
    profile: { name: 'sample', digest: 'd', goal: 1000n },
    basis: [],
    writes: [],
    files: [],
    actions: [],
    effects: [],
    beaten: [],
    laterWriters: [],
    withheld: [],
    ...parts,
  };
}

export function writeOf(key: string, before: Value, after: Value): LiveWrite {
  const shapes = {
    tuple: { kind: 'tuple', fields: ['a', 'b', 'c'] },
    portRange: { kind: 'portRange' },
    portSet: { kind: 'portSet' },
    word: { kind: 'word' },
    limit: { kind: 'limit' },
    integer: { kind: 'integer' },
  } as const;
  return {
    key,
    path: key.replaceAll('.', '/'),
    shape: shapes[after.kind],
    negativeMeans: null,
    before,
    after,
    wanted: after.kind === 'integer' ? { kind: 'atLeast', value: after } : { kind: 'exactly', value: after },
    reason: 'a test',
  };
}

export function changeOf(path: string, before: string | null, after: string | null): FileChange {
  return { path, before, after, mode: 0o644, lines: [], diff: '' };
}

/** The knob as the host of a test has it before the write. */
export function knobFor({ shape, before }: LiveWrite): Knob {
  return { shape, text: formatValue(before).replaceAll(' ', '\t') };
}

export function stateFor(plan: Plan, extra: Readonly<Record<string, Node>> = {}): MemoryHostState {
  const files = Object.fromEntries(
    plan.files.flatMap(({ path, before }) => (before === null ? [] : [[path, fileNode(before)]])),
  );
  const knobs = Object.fromEntries(plan.writes.map((write) => [write.path, knobFor(write)]));
  return hostState({ ...files, ...extra }, knobs);
}

export const SAMPLE = planWith({
  writes: [
    writeOf('fs.nr_open', integer(1048576), integer(2097152)),
    writeOf('net.ipv4.tcp_mem', tuple(1, 2, 3), tuple(750000, 1000000, 1500000)),
    writeOf('net.core.somaxconn', integer(4096), integer(65535)),
  ],
  files: [
    changeOf(SYSCTL, `${MARK}net.core.somaxconn = 1\n`, `${MARK}net.core.somaxconn = 65535\n`),
    changeOf(LIMITS, null, `${MARK}* hard nofile 2097152\n`),
    changeOf(SYSTEM, null, `${MARK}[Manager]\nDefaultLimitNOFILE=1024:2097152\n`),
    changeOf('/etc/sysctl.d/zzz-tune.conf', MARK, null),
  ],
});

const number = fc.nat({ max: 2_000_000_000 });
const port = fc.integer({ min: 1, max: 65535 });
const range = fc.tuple(port, port).map(([a, b]) => portRange(Math.min(a, b), Math.max(a, b)));
const triple = fc.tuple(number, number, number).map((fields) => tuple(...fields));
const pairOf = (values: fc.Arbitrary<Value>) => fc.tuple(values, values);

const writes = fc
  .record({
    'fs.nr_open': pairOf(number.map(integer)),
    'net.core.somaxconn': pairOf(number.map(integer)),
    'net.ipv4.tcp_mem': pairOf(triple),
    'net.ipv4.tcp_rmem': pairOf(triple),
    'net.ipv4.ip_local_port_range': pairOf(range),
    'vm.swappiness': pairOf(number.map(integer)),
  })
  .chain((all) => fc.subarray(Object.entries(all)))
  .map((pairs) =>
    pairs
      .filter(([, [before, after]]) => formatValue(before) !== formatValue(after))
      .map(([key, [before, after]]) => writeOf(key, before, after)),
  );

const content = fc.option(
  fc.string({ maxLength: 40 }).map((text) => `${MARK}${text}\n`),
  { nil: null },
);
const files = fc
  .subarray([
    SYSCTL,
    LIMITS,
    SYSTEM,
    '/etc/systemd/user.conf.d/zz-tune.conf',
    '/etc/systemd/system/nginx.service.d/zz-tune.conf',
    '/etc/modules-load.d/zz-tune.conf',
  ])
  .chain((paths) => fc.tuple(...paths.map((path) => fc.tuple(fc.constant(path), content, content))))
  .map((triples) =>
    triples
      .filter(([, before, after]) => before !== after)
      .map(([path, before, after]) => changeOf(path, before, after)),
  );

/** Modes and owners that a file of ours may have been given by somebody since. */
const metadata = fc.record({
  mode: fc.constantFrom(0o644, 0o600, 0o640, 0o444),
  uid: fc.constantFrom(0, 7),
  gid: fc.constantFrom(0, 42),
  mtime: fc.nat({ max: 1_000_000 }).map((s) => `${s}000000000`),
});

export interface RandomCase {
  readonly plan: Plan;
  /** A fresh copy of the host at each call. */
  readonly host: () => MemoryHostState;
}

export const randomCase: fc.Arbitrary<RandomCase> = fc
  .record({ writes, files, metadata })
  .map(({ writes, files, metadata }) => {
    const plan = planWith({ writes, files });
    const extra = Object.fromEntries(
      files.flatMap(({ path, before }) => (before === null ? [] : [[path, fileNode(before, metadata)]])),
    );
    return { plan, host: () => stateFor(plan, extra) };
  });
