import { describe, expect, test } from '@jest/globals';
import { guestMiB, trialMiB } from '../../scripts/proofs/needs.ts';
import { plannedRuns } from '../../scripts/proofs/runs.ts';
import type { Profile } from '../../src/model/profile.ts';

const profile = (name: string, goal: bigint) => ({ name, goal }) as Profile;
const SHIPPED = [profile('c1m', 1_000_000n), profile('c500k', 500_000n)];
const NOTHING = { profiles: [], places: [], connections: null };
const texts = (asked: Partial<Parameters<typeof plannedRuns>[1]>) =>
  plannedRuns(SHIPPED, { ...NOTHING, ...asked }).map(
    (run) => `${run.profile.name} ${run.place} ${run.connections}${run.isExtra ? ' extra' : ''}`,
  );

describe('which runs are asked for', () => {
  test('by default every profile in both places, and here a larger goal besides', () => {
    expect(texts({})).toEqual([
      'c1m vm 500000',
      'c500k vm 500000',
      'c1m here 500000',
      'c1m here 1000000 extra',
      'c500k here 500000',
    ]);
  });

  test('a number that is named is the only one', () => {
    expect(texts({ profiles: ['c1m'], connections: '2000000' })).toEqual([
      'c1m vm 2000000',
      'c1m here 2000000',
    ]);
    expect(texts({ places: ['vm'] })).toEqual(['c1m vm 500000', 'c500k vm 500000']);
  });

  test.each([
    [{ profiles: ['c3m'] }, 'there is no c3m; there are c1m, c500k'],
    [{ places: ['there'] }, 'there is neither of vm, here'],
    [{ connections: '5e5' }, '5e5 is not a number'],
    [{ connections: '0' }, '0 is not a number'],
  ])('%j is refused', (asked, message) => {
    expect(() => texts(asked)).toThrow(message);
  });
});

describe('memory', () => {
  test.each([
    ['idle', 500_000, 500_000, 7],
    ['idle', 500_000, 1_000_000, 7],
    ['idle', 500_000, 2_000_000, 12],
    ['idle', 2_000_000, 2_000_000, 20],
    ['broadcast', 500_000, 1_000_000, 12],
    ['gateway', 500_000, 500_000, 12],
  ] as const)('a guest for %s, %i connections, a goal of %i: %i GiB', (workload, connections, goal, gib) => {
    expect(guestMiB(workload, connections, goal)).toBe(gib * 1024);
  });

  test('a trial’s worker processes are counted: two for every 19,000 connections, four for a gateway', () => {
    const kernel = 1024 + (19_000 * 9) / 1024;
    expect(trialMiB('idle', 19_000)).toBe(Math.ceil(kernel + 2 * 16));
    expect(trialMiB('gateway', 19_000)).toBe(Math.ceil(kernel + (19_000 * 9) / 1024 + 4 * 16));
  });
});
