/** The order of an experiment's runs, when it ends, and what happens when a run is no evidence. */
import { describe, expect, test } from '@jest/globals';
import { runInNamespaces } from '../../scripts/evidence/namespace.ts';
import type { Run } from '../../scripts/evidence/trial.ts';
import { ALL_PAIRS, type Experiment, type ExperimentRuns } from '../../src/evidence/index.ts';
import type { SoakReport } from '../../src/model/soak.ts';
import { EXPERIMENT, LIMIT, soak } from './reports.ts';

const REUSE = 'net.ipv4.tcp_tw_reuse';
const BUCKETS = 'net.ipv4.tcp_max_tw_buckets';
const buckets: Experiment = { ...EXPERIMENT, key: BUCKETS, withoutValue: '5000' };

type Side = 'with' | typeof REUSE | typeof BUCKETS;

/** Runs made up by `make`, and the order in which they were asked for. */
async function experiment(
  experiments: readonly Experiment[],
  make: (side: Side, nth: number) => SoakReport,
): Promise<{ readonly order: readonly Side[]; readonly results: readonly ExperimentRuns[] }> {
  const order: Side[] = [];
  const results: ExperimentRuns[] = [];
  const run = async (args: readonly string[]): Promise<Run> => {
    const set = args.at(args.indexOf('--set') + 1) ?? '';
    const side = ([REUSE, BUCKETS] as const).find((key) => set.startsWith(key)) ?? 'with';
    order.push(side);
    const report = make(side, order.filter((one) => one === side).length);
    return {
      soak: report,
      values: { [REUSE]: side === REUSE ? '0' : '1', [BUCKETS]: side === BUCKETS ? '5000' : '500000' },
    };
  };
  await runInNamespaces(experiments, { say: () => undefined, run, done: (runs) => results.push(runs) });
  return { order, results };
}

const count = (order: readonly Side[], side: Side) => order.filter((one) => one === side).length;

describe('experiments in namespaces', () => {
  test('share the side with, one run of it in each round, and turn the order', async () => {
    const { order, results } = await experiment([EXPERIMENT, buckets], () => soak());
    expect(order).toEqual(['with', REUSE, BUCKETS, REUSE, BUCKETS, 'with', BUCKETS, 'with', REUSE]);
    expect(results.map((runs) => [runs.with.length, runs.without.length])).toEqual([
      [3, 3],
      [3, 3],
    ]);
    expect(results.map(({ withValue, withoutValue }) => [withValue, withoutValue])).toEqual([
      ['1', '0'],
      ['500000', '5000'],
    ]);
  });

  test('one that is decided stops, the other goes on', async () => {
    const failed = soak({ held: 9, verdict: LIMIT });
    const { order, results } = await experiment([EXPERIMENT, buckets], (side) =>
      side === REUSE ? failed : soak(),
    );
    expect([count(order, REUSE), count(order, BUCKETS), count(order, 'with')]).toEqual([2, 3, 3]);
    expect(results[0]?.with).toHaveLength(2);
  });

  test('doubt ends after all pairs', async () => {
    const { order } = await experiment([EXPERIMENT], (side, nth) =>
      soak({ connectsPerSecond: (side === 'with' ? 30_000 : 60_000) + 4000 * nth }),
    );
    expect(count(order, 'with')).toBe(ALL_PAIRS);
  });

  test('what the machine did to a soak is repeated, and not for ever', async () => {
    const killed = soak({ verdict: { state: 'inconclusive', reason: 'memory-floor', blame: null } });
    const once = await experiment([EXPERIMENT], (side, nth) =>
      side === REUSE && nth === 1 ? killed : soak(),
    );
    expect(once.results[0]).toMatchObject({ refused: null });
    expect(once.results[0]?.without.every(({ verdict }) => verdict.state === 'passed')).toBe(true);
    const always = await experiment([EXPERIMENT], (side) => (side === REUSE ? killed : soak()));
    expect(always.results[0]?.refused).toContain('memory-floor');
  });

  test('the same value on both sides is no experiment', async () => {
    const { results } = await experiment([{ ...EXPERIMENT, key: 'net.core.somaxconn' }], () => soak());
    expect(results[0]?.refused).toContain('on both sides');
  });
});
