import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ALL_PAIRS, FIRST_PAIRS, median, significance } from '../../src/evidence/significance.ts';

const RATE = { margin: 0.1, least: 0, isNoisy: false };
const values = (least: number, most: number, count: number) =>
  fc.array(fc.integer({ min: least, max: most }), { minLength: count, maxLength: count });

describe('when a difference is real', () => {
  test('three runs a side that only just lie apart are doubtful, however far the medians are', () => {
    expect(significance([100, 150, 190], [200, 260, 300], RATE)).toBe('doubtful');
  });

  test('three that lie far apart for how little they differ are real, unless the figure is known to jump', () => {
    const sides = [
      [100, 101, 102],
      [150, 151, 152],
    ] as const;
    expect(significance(...sides, RATE)).toBe('real');
    expect(significance(...sides, { ...RATE, isNoisy: true })).toBe('doubtful');
  });

  test('a factor of four between the nearest runs is real even where each side is spread', () => {
    expect(significance([500, 700, 980], [30_000, 46_000, 68_000], RATE)).toBe('real');
  });

  test('two runs a side are never enough', () => {
    expect(significance([1, 1], [9, 9], RATE)).toBe('doubtful');
  });

  test('a difference below the margin is none, however sure', () => {
    expect(significance([1000, 1000, 1000], [1090, 1090, 1090], RATE)).toBe('none');
    expect(significance([0, 0, 0], [5, 5, 5], { ...RATE, least: 10 })).toBe('none');
  });

  test('from nothing to something is real for a count', () => {
    expect(significance([0, 0, 0], [8928, 9011, 8940], { margin: 0, least: 10, isNoisy: false })).toBe(
      'real',
    );
  });

  test('sides that overlap are never a difference', () => {
    fc.assert(
      fc.property(values(1, 1000, 6), values(1, 1000, 6), (a, b) => {
        const overlap = Math.max(...a) >= Math.min(...b) && Math.max(...b) >= Math.min(...a);
        fc.pre(overlap);
        expect(significance(a, b, RATE)).toBe('none');
      }),
    );
  });

  test('which side is which does not matter for being apart, and order within a side never does', () => {
    fc.assert(
      fc.property(values(1, 400, ALL_PAIRS), values(1, 400, ALL_PAIRS), (a, b) => {
        const none = { margin: 0, least: 0, isNoisy: false };
        expect(significance(a, b, none)).toBe(significance(b, a, none));
        expect(significance([...a].reverse(), b, RATE)).toBe(significance(a, b, RATE));
      }),
    );
  });

  test('after all pairs nothing is doubtful', () => {
    fc.assert(
      fc.property(values(0, 50, ALL_PAIRS), values(0, 50, ALL_PAIRS), (a, b) => {
        expect(significance(a, b, RATE)).not.toBe('doubtful');
      }),
    );
  });

  test('runs that differ by chance alone are called real less than once in a thousand', () => {
    const random = generator(20261124);
    const noise = () => Math.round(100_000 * Math.exp(0.2 * normal(random)));
    const side = (count: number) => Array.from({ length: count }, noise);
    const trials = 20_000;
    let real = 0;
    for (let i = 0; i < trials; i++) {
      const [a, b] = [side(FIRST_PAIRS), side(FIRST_PAIRS)];
      const first = significance(a, b, RATE);
      const more = ALL_PAIRS - FIRST_PAIRS;
      const last =
        first === 'doubtful' ? significance([...a, ...side(more)], [...b, ...side(more)], RATE) : first;
      if (last === 'real') real += 1;
    }
    expect(real / trials).toBeLessThan(0.001);
  });
});

test('the median of an even number of runs lies between the two in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, 0]);
});

/** Numbers from 0 to 1, the same each time (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
