import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareRuns, needsAnotherPair } from '../../src/evidence/index.ts';
import { COUNTERS, FIGURES } from '../../src/model/figure-kinds.ts';
import { EXPERIMENT, LIMIT, runs, soak, three } from './reports.ts';

const slow = () => three((i) => soak({ work: { connectsPerSecond: 500 + i } }));
const fast = () => three((i) => soak({ work: { connectsPerSecond: 45_000 + 100 * i } }));
const failed = soak({ held: 12_000, verdict: LIMIT });

describe('the verdict of an experiment', () => {
  test('needed: every soak with it passed and every one without it failed', () => {
    const { verdict, reason, ends } = compareRuns(runs([soak(), soak()], [failed, failed]), 'x');
    expect(verdict).toBe('needed');
    expect(reason).toBe('with 0 instead, 12,000 of 20,000 are held (blamed: net.ipv4.tcp_tw_reuse)');
    expect(ends.without[0]).toBe('failed: net.ipv4.tcp_tw_reuse');
  });

  test('one soak without it that passed is enough not to need it', () => {
    const { verdict } = compareRuns(runs([soak(), soak()], [failed, soak()]), 'x');
    expect(verdict).not.toBe('needed');
  });

  test('harmful: it fails with it and passes without it', () => {
    expect(compareRuns(runs([failed, failed], [soak(), soak()]), 'x').verdict).toBe('harmful');
  });

  test('helps: its own figure is worse without it, and by how much', () => {
    const { verdict, reason, figures } = compareRuns(runs(fast(), slow()), 'x');
    expect(verdict).toBe('helps');
    expect(reason).toBe('with 0 instead, reconnect, connects: 501/s in place of 45,100/s (-98.9%)');
    expect(figures.map(({ figure }) => figure)).toEqual(['connections held', 'reconnect, connects']);
  });

  test('harmful: its own figure is better without it', () => {
    expect(compareRuns(runs(slow(), fast()), 'x').verdict).toBe('harmful');
  });

  test('its own figure decides, whatever else moved more', () => {
    const skipped = three(() => soak({ work: { connectsPerSecond: 46_000, timeWaitSkipped: 5000 } }));
    const better = three(() => soak({ work: { connectsPerSecond: 30_000 } }));
    const one = compareRuns(runs(better, skipped), 'x');
    expect([one.verdict, one.figures.length]).toEqual(['harmful', 3]);
    const other = { ...EXPERIMENT, figure: 'TIME_WAIT states skipped' };
    expect(compareRuns(runs(better, skipped, other), 'x').verdict).toBe('helps');
  });

  test('a figure that is neither good nor bad decides nothing', () => {
    const noisy = three(() => soak({ counters: { 'Tcp.RetransSegs': 5000 } }));
    const { verdict, figures } = compareRuns(
      runs(
        noisy,
        three(() => soak()),
      ),
      'x',
    );
    expect(verdict).toBe('no-effect');
    expect(figures.at(-1)).toMatchObject({ figure: 'Tcp.RetransSegs', isReal: true, better: 'neither' });
  });

  test('what was observed outside a soak speaks for itself', () => {
    const observed = { with: 'the login gets 1048576', without: 'setrlimit: EPERM', failedWithout: true };
    const one = compareRuns({ ...runs([], []), observed }, 'x');
    expect(one).toMatchObject({ verdict: 'needed', figures: [] });
    expect(one.reason).toContain('setrlimit: EPERM');
    const lesser = { ...EXPERIMENT, amountsTo: 'helps' } as const;
    expect(compareRuns({ ...runs([], [], lesser), observed }, 'x').verdict).toBe('helps');
    const same = { ...observed, failedWithout: false };
    expect(compareRuns({ ...runs([], [], lesser), observed: same }, 'x').verdict).toBe('no-effect');
  });

  test('equal runs are never an effect, whatever they are', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(20_000), fc.integer({ min: 2, max: 7 }), (rate, held, count) => {
        const side = Array.from({ length: count }, () => soak({ held, connectsPerSecond: rate }));
        expect(compareRuns(runs(side, side), 'x').verdict).toBe('no-effect');
      }),
    );
  });

  test('sides exchanged, helps becomes harmful and the other way round', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90_000 }), fc.integer({ min: 1, max: 90_000 }), (a, b) => {
        const side = (rate: number) => three(() => soak({ work: { connectsPerSecond: rate } }));
        const verdict = (x: number, y: number) => compareRuns(runs(side(x), side(y)), 'x').verdict;
        // The margin is a share of the side with: near it only one direction counts.
        fc.pre(Math.max(a, b) / Math.min(a, b) > 1.2);
        const mirror = { helps: 'harmful', harmful: 'helps' } as const;
        const there = verdict(a, b);
        expect(['helps', 'harmful']).toContain(there);
        expect(verdict(b, a)).toBe(mirror[there as keyof typeof mirror]);
      }),
    );
  });
});

describe('how many pairs', () => {
  test('a failure that happens twice is enough', () => {
    expect(needsAnotherPair(EXPERIMENT, [soak()], [failed])).toBe(true);
    expect(needsAnotherPair(EXPERIMENT, [soak(), soak()], [failed, failed])).toBe(false);
  });

  test('three where nothing moved, or where its own figure clearly did', () => {
    expect(needsAnotherPair(EXPERIMENT, [soak(), soak()], [soak(), soak()])).toBe(true);
    expect(
      needsAnotherPair(
        EXPERIMENT,
        three(() => soak()),
        three(() => soak()),
      ),
    ).toBe(false);
    expect(needsAnotherPair(EXPERIMENT, fast(), slow())).toBe(false);
  });

  test('more where a figure is in doubt', () => {
    const rates = (...all: number[]) => all.map((connectsPerSecond) => soak({ connectsPerSecond }));
    expect(needsAnotherPair(EXPERIMENT, rates(50, 60, 70), rates(80, 90, 99))).toBe(true);
    expect(needsAnotherPair(EXPERIMENT, rates(50, 60, 70, 60), rates(80, 90, 99, 65))).toBe(false);
  });
});

test('every figure has a name of its own', () => {
  const names = [...FIGURES, ...COUNTERS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
