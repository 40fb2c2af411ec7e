import { describe, expect, test } from '@jest/globals';
import { memoryHost } from '../../src/host/memory.ts';
import type { Agreement, Blame, SweepTally, WorkloadReport } from '../../src/model/soak.ts';
import { compareCounts, parseSummary } from '../../src/soak/agreement.ts';
import { readCounters } from '../../src/soak/counters.ts';
import { soakOptions } from '../../src/soak/options.ts';
import { claims, judge, type Outcome } from '../../src/soak/verdict.ts';

const agreeing: Agreement = { own: 1000, accepted: 1000, kernel: [], agrees: true };
const sweep = (parts: Partial<SweepTally> = {}): SweepTally => ({
  startMs: 0,
  durationMs: 10,
  sent: 1000,
  answered: 1000,
  failed: 0,
  failedByErrno: {},
  timedOut: 0,
  mismatched: 0,
  echoesPerSecond: 1,
  ...parts,
});
const blame: Blame = {
  code: 'process-files',
  limit: 'l',
  key: 'k',
  current: '1',
  needed: '2',
  evidence: ['e'],
};
const working = (parts: Partial<WorkloadReport>): WorkloadReport =>
  ({
    ...{ name: 'burst', end: 'done', connections: 100, completed: 100, timedOut: 0, failures: [] },
    ...parts,
  }) as WorkloadReport;
const outcome = (parts: Partial<Outcome> = {}): Outcome => ({
  options: soakOptions({ goal: 1000 }),
  established: 1000,
  held: 1000,
  heldMs: 5000,
  halt: null,
  sweeps: [sweep()],
  agreement: agreeing,
  judged: null,
  workload: null,
  lostWorkers: [],
  ...parts,
});

describe('verdict', () => {
  test('everything in order passes', () => {
    expect(judge(outcome())).toEqual({ state: 'passed' });
  });

  test.each<[string, Partial<Outcome>, object]>([
    [
      'a workload that some connections did not come through',
      { workload: working({ completed: 90 }) },
      { state: 'failed', reason: 'workload-incomplete', blame: null },
    ],
    [
      'a workload in which nothing moved any more',
      { workload: working({ end: 'stalled' }) },
      { state: 'failed', reason: 'workload-incomplete', blame: null },
    ],
    [
      'a workload whose time was over while it still moved, and the sweep after it',
      { workload: working({ end: 'late', completed: 90 }), sweeps: [sweep({ answered: 990 })] },
      { state: 'inconclusive', reason: 'workload-late', blame: null },
    ],
    [
      'a workload whose time a limit of the host took',
      { workload: working({ end: 'late', completed: 90 }), judged: { blame, judges: 'host' } },
      { state: 'failed', reason: 'limit' },
    ],
    ['a workload that came through', { workload: working({}) }, { state: 'passed' }],
    [
      'a workload cut short by Ctrl-C',
      { workload: working({ end: 'halted' }), halt: 'interrupted' },
      { state: 'inconclusive', reason: 'interrupted' },
    ],
    [
      'a workload that a limit of the host stopped',
      { workload: working({ completed: 90 }), judged: { blame, judges: 'host' } },
      { state: 'failed', reason: 'limit' },
    ],
    [
      'a limit of the host',
      { established: 9, judged: { blame, judges: 'host' } },
      { state: 'failed', reason: 'limit' },
    ],
    [
      'a limit of the generator',
      { established: 9, judged: { blame, judges: 'generator' } },
      { state: 'inconclusive', reason: 'generator-limit' },
    ],
    [
      'a limit of the machine',
      { established: 9, judged: { blame, judges: 'machine' } },
      { state: 'inconclusive', reason: 'machine-limit' },
    ],
    [
      'the memory floor',
      { established: 9, halt: 'memory-floor', judged: { blame, judges: 'machine' } },
      { state: 'inconclusive', reason: 'memory-floor' },
    ],
    ['an interrupt', { halt: 'interrupted' }, { state: 'inconclusive', reason: 'interrupted' }],
    [
      'a killed worker',
      {
        halt: 'lost-worker',
        lostWorkers: [{ role: 'client', index: 0, pid: 1, exitCode: null, signal: 'SIGKILL' }],
      },
      { state: 'inconclusive', reason: 'worker-killed' },
    ],
    [
      'a crashed worker',
      {
        halt: 'lost-worker',
        lostWorkers: [{ role: 'client', index: 0, pid: 1, exitCode: 134, signal: null }],
      },
      { state: 'inconclusive', reason: 'worker-crashed' },
    ],
    [
      'one connection that does not answer',
      { held: 999, sweeps: [sweep({ answered: 999, timedOut: 1 })] },
      { state: 'failed', reason: 'dead-connections', blame: null },
    ],
    [
      'one wrong echo in the first of two sweeps',
      { held: 999, sweeps: [sweep({ answered: 999, mismatched: 1 }), sweep({ sent: 999, answered: 999 })] },
      { state: 'failed', reason: 'dead-connections' },
    ],
    [
      'a phase without progress',
      { established: 10, halt: 'stalled' },
      { state: 'inconclusive', reason: 'stalled' },
    ],
    [
      'one connection short for no known reason',
      { established: 999, held: 999 },
      { state: 'inconclusive', reason: 'unexplained' },
    ],
    ['no sweep at all', { held: 0, sweeps: [] }, { state: 'inconclusive', reason: 'unexplained' }],
    [
      'a kernel that counts otherwise',
      { agreement: { ...agreeing, agrees: false } },
      { state: 'failed', reason: 'counts-disagree', blame: null },
    ],
  ])('%s', (_name, parts, expected) => {
    expect(judge(outcome(parts))).toMatchObject(expected);
  });
});

describe('claims', () => {
  const codes = (list: readonly { readonly code: string }[]) => list.map((claim) => claim.code);

  test('strict tests nofile, spread says that it does not', () => {
    const strict = claims(outcome());
    expect(codes(strict.proven)).toContain('nofile-of-one-process');
    expect(codes(strict.notProven)).not.toContain('nofile-of-one-process');
    const spread = claims(outcome({ options: soakOptions({ goal: 1000, mode: 'spread' }) }));
    expect(codes(spread.proven)).not.toContain('nofile-of-one-process');
    expect(codes(spread.notProven)).toContain('nofile-of-one-process');
  });

  test('65,535 connections prove nothing about the legend, 65,536 do', () => {
    expect(codes(claims(outcome({ held: 65_535 })).proven)).not.toContain('beyond-64k-to-one-endpoint');
    expect(codes(claims(outcome({ held: 65_536 })).proven)).toContain('beyond-64k-to-one-endpoint');
  });

  test('nothing held proves nothing', () => {
    expect(
      claims(outcome({ held: 0, sweeps: [], agreement: { ...agreeing, agrees: false } })).proven,
    ).toEqual([]);
  });

  test('a namespace of its own says nothing about the host’s settings', () => {
    const options = soakOptions({ goal: 1000, namespace: true });
    expect(codes(claims(outcome({ options })).notProven)).toContain('host-net-settings');
  });
});

describe('agreement', () => {
  const at = (inuse: number, established: number, files: number) =>
    readCounters(
      memoryHost({
        files: {
          '/proc/net/sockstat': `TCP: inuse ${inuse} orphan 0 tw 0 alloc 0 mem 0\n`,
          '/proc/net/snmp': `Tcp: CurrEstab\nTcp: ${established}\n`,
          '/proc/sys/fs/file-nr': `${files} 0 100\n`,
        },
      }),
    );
  const input = {
    own: 500,
    established: 500,
    accepted: 500,
    besides: 0,
    before: at(1, 0, 100),
    after: at(1001, 1000, 1100),
    summary: null,
    alone: true,
    cpus: 2,
  };

  test('two sockets per connection', () => {
    const agreement = compareCounts(input);
    expect(agreement.agrees).toBe(true);
    expect(agreement.kernel.map((k) => [k.source, k.sockets, k.connections])).toEqual([
      ['sockstat', 1000, 500],
      ['snmp.CurrEstab', 1000, 500],
      ['file-nr', 1000, 500],
    ]);
  });

  test('alone in a namespace a single socket too few disagrees', () => {
    expect(compareCounts({ ...input, after: at(1000, 1000, 1100) }).agrees).toBe(false);
    expect(compareCounts({ ...input, after: at(1001, 999, 1100) }).agrees).toBe(false);
  });

  test('on a shared host others may come and go, but not many', () => {
    expect(compareCounts({ ...input, alone: false, after: at(1031, 1020, 1100) }).agrees).toBe(true);
    expect(compareCounts({ ...input, alone: false, after: at(1101, 1000, 1100) }).agrees).toBe(false);
  });

  test('a connection that no server took disagrees', () => {
    expect(compareCounts({ ...input, accepted: 499 }).agrees).toBe(false);
  });

  test('a kernel that cannot be asked does not agree', () => {
    const blank = readCounters(memoryHost({}));
    expect(compareCounts({ ...input, before: blank, after: blank }).agrees).toBe(false);
  });

  test('file-nr is shown and does not overrule', () => {
    const agreement = compareCounts({ ...input, after: at(1001, 1000, 9000) });
    expect(agreement.kernel.at(-1)).toMatchObject({ source: 'file-nr', agrees: false });
    expect(agreement.agrees).toBe(true);
  });

  test('ss -s', () => {
    expect(parseSummary('Total: 300\nTCP:   20 (estab 12, closed 3, orphaned 0, timewait 2)\n')).toBe(12);
    expect(parseSummary('')).toBeNull();
  });
});
