import { expect, test } from '@jest/globals';
import {
  backlogFor,
  fileMaxFor,
  nofileFor,
  powerOfTwoAtLeast,
  tcpMemFor,
} from '../../../src/rules/support/sizing.ts';
import { GIB, machineOf } from '../../support/snapshot.ts';

test('the two goals of the shipped profiles', () => {
  expect([500_000n, 1_000_000n].map(nofileFor)).toEqual([1_048_576n, 2_097_152n]);
  expect([500_000n, 1_000_000n].map(fileMaxFor)).toEqual([700_000n, 1_300_000n]);
  expect([500_000n, 1_000_000n].map(backlogFor)).toEqual([16_384n, 65_535n]);
  expect(tcpMemFor(500_000n, machineOf())).toEqual([375_000n, 500_000n, 750_000n]);
  expect(tcpMemFor(1_000_000n, machineOf())).toEqual([750_000n, 1_000_000n, 1_500_000n]);
});

test('tcp_mem never asks for more than 40 % of RAM, and stays in order', () => {
  const [low, pressure, max] = tcpMemFor(1_000_000n, machineOf({ memory: { total: 4n * GIB } }));
  expect(max).toBe((4n * GIB * 4n) / 10n / 4096n);
  expect(low < pressure && pressure < max).toBe(true);
});

test.each([
  [0n, 1n],
  [1n, 1n],
  [3n, 4n],
  [1n << 62n, 1n << 62n],
])('the power of two at least %s is %s', (n, power) => {
  expect(powerOfTwoAtLeast(n)).toBe(power);
});
