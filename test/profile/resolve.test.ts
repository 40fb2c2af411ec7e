import { describe, expect, test } from '@jest/globals';
import type { Machine } from '../../src/model/machine.ts';
import type { Amount, Setting } from '../../src/model/profile.ts';
import type { Tunable } from '../../src/model/tunable.ts';
import { integer, limit, portSet } from '../../src/model/value.ts';
import { fraction } from '../../src/profile/build.ts';
import { nextPowerOfTwo, resolveSetting } from '../../src/profile/resolve.ts';
import { didYouMean, editDistance } from '../../src/profile/suggest.ts';

const GIB = 1n << 30n;
const machine = (parts: Partial<Machine> = {}) =>
  ({
    pageSize: 4096,
    memory: { total: 16n * GIB, lowTotal: null },
    cgroup: { memoryMax: null, pidsMax: null },
    listeners: [],
    ...parts,
  }) as unknown as Machine;
const formula = (parts: Partial<Extract<Amount, { kind: 'formula' }>>): Amount => ({
  kind: 'formula',
  timesGoal: null,
  shareOfRam: null,
  plus: 0n,
  roundUpTo: null,
  noLessThan: null,
  noMoreThan: null,
  ...parts,
});
const wanted = (
  amount: Amount,
  unit: Tunable['unit'] = 'files',
  on = machine(),
  kind: 'integer' | 'limit' = 'integer',
) =>
  resolveSetting(
    { want: { kind: 'atLeast', amount } } as Setting,
    { unit, shape: { kind } } as Tunable,
    1_000_000n,
    on,
  );

describe('formulas', () => {
  test('a multiple of the goal, rounded up to a power of two, with the arithmetic', () => {
    const result = wanted(formula({ timesGoal: fraction('1.05'), plus: 1000n, roundUpTo: 'power-of-two' }));
    expect(result.relation).toEqual({ kind: 'atLeast', value: integer(2097152) });
    expect(result.arithmetic).toEqual(['1.05 × 1,000,000 + 1,000 = 1,051,000, next power of two 2,097,152']);
  });

  test.each([
    [4096, 1677721n],
    [16384, 419430n],
    [65536, 104857n],
  ])('a share of RAM is in the key’s unit: pages of %i bytes', (pageSize, pages) => {
    const result = wanted(formula({ shareOfRam: fraction('40%') }), 'pages', machine({ pageSize }));
    expect(result.relation).toEqual({ kind: 'atLeast', value: integer(pages) });
  });

  test('a few pages more or fewer, as every boot finds them, change nothing', () => {
    const of = (total: bigint) =>
      wanted(
        formula({ shareOfRam: fraction('40%') }),
        'pages',
        machine({ memory: { ...machine({}).memory, total } }),
      ).relation;
    const found = 7n * GIB - 190_000_000n;
    expect(of(found + 3n * 4096n)).toEqual(of(found));
    expect(of(found - 500_000n)).toEqual(of(found));
    expect(of(found + GIB)).not.toEqual(of(found));
  });

  test('RAM is what the control group allows, where that is less', () => {
    const small = machine({ cgroup: { memoryMax: 2n * GIB, pidsMax: null } });
    expect(wanted(formula({ shareOfRam: fraction('50%') }), 'bytes', small).relation).toEqual({
      kind: 'atLeast',
      value: integer(GIB),
    });
  });

  test('on a 32-bit kernel sockets live in low memory, so a share is of that', () => {
    const old = machine({ memory: { total: 6n * GIB, lowTotal: GIB } as Machine['memory'] });
    const result = wanted(formula({ shareOfRam: fraction('50%') }), 'bytes', old);
    expect(result.relation).toEqual({ kind: 'atLeast', value: integer(GIB / 2n) });
    expect(result.arithmetic[0]).toContain('low memory');
  });

  test('bounds hold, and say so', () => {
    const capped = formula({
      timesGoal: fraction('1.5'),
      noMoreThan: formula({ shareOfRam: fraction('10%') }),
    });
    const result = wanted(capped, 'pages', machine());
    expect(result.relation).toEqual({ kind: 'atLeast', value: integer(419430) });
    expect(result.arithmetic[0]).toContain(
      '= 1,500,000, no more than 10% of 17,179,869,184 bytes RAM ÷ 4,096 = 419,430',
    );
    const raised = formula({ timesGoal: fraction('0.001'), noLessThan: { kind: 'fixed', n: 4096n } });
    expect(wanted(raised).relation).toEqual({ kind: 'atLeast', value: integer(4096) });
  });

  test('RAM that nobody knows bounds nothing, instead of demanding zero', () => {
    const unknown = machine({ memory: { total: 0n, lowTotal: null } as Machine['memory'] });
    const capped = formula({
      timesGoal: fraction('1'),
      noMoreThan: formula({ shareOfRam: fraction('10%') }),
    });
    expect(wanted(capped, 'pages', unknown).relation).toEqual({ kind: 'atLeast', value: integer(1_000_000) });
  });

  test('a limit stays a limit, so that unlimited compares', () => {
    expect(wanted(formula({ timesGoal: fraction('1') }), 'files', machine(), 'limit').relation).toEqual({
      kind: 'atLeast',
      value: limit(1_000_000),
    });
  });

  test('listening-ports are the ports that listen here', () => {
    const busy = machine({
      listeners: [22, 8080, 22].map((port) => ({ protocol: 'tcp', address: '::', port, backlog: null })),
    });
    const tunable = { unit: 'ports', shape: { kind: 'portSet' } } as Tunable;
    const result = resolveSetting(
      { want: { kind: 'superset', ports: 'listening-ports' } } as Setting,
      tunable,
      1n,
      busy,
    );
    expect(result.relation).toEqual({ kind: 'superset', value: portSet([22, 22], [8080, 8080]) });
  });
});

test.each([
  [1n, 1n],
  [1048576n, 1048576n],
  [1048577n, 2097152n],
])('the next power of two from %s', (n, power) => {
  expect(nextPowerOfTwo(n)).toBe(power);
});

describe('did you mean', () => {
  const keys = ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem', 'fs.file-max'];
  test('finds slips, not strangers', () => {
    expect(didYouMean('net.ipv4.tcp_rmen', keys)).toBe('net.ipv4.tcp_rmem');
    expect(didYouMean('fs.filemax', keys)).toBe('fs.file-max');
    expect(didYouMean('vm.swappiness', keys)).toBeNull();
  });
  test('distance is symmetric and zero only for equals', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('sitting', 'kitten')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('same', 'same')).toBe(0);
  });
});
