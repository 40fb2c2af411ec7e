import { expect, test } from '@jest/globals';
import { bytes, group, list } from '../../../src/rules/support/format.ts';

test.each([
  [0n, '0'],
  [999n, '999'],
  [1000n, '1,000'],
  [-1_048_576n, '-1,048,576'],
  [(1n << 63n) - 1n, '9,223,372,036,854,775,807'],
  ['unlimited', 'unlimited'],
] as const)('group(%s) is %s', (n, text) => {
  expect(group(n)).toBe(text);
});

test.each([
  [0n, '0 B'],
  [1023n, '1023 B'],
  [1024n, '1.0 KiB'],
  [3n << 29n, '1.5 GiB'],
  [(1n << 40n) - 1n, '1,023.9 GiB'],
  [-2048n, '-2.0 KiB'],
  [1n << 80n, '1,048,576.0 EiB'],
] as const)('bytes(%s) is %s', (n, text) => {
  expect(bytes(n)).toBe(text);
});

test('list stops after a few', () => {
  expect(list(['a', 'b'])).toBe('a, b');
  expect(list(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
  expect(list([])).toBe('');
});
