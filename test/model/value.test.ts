import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compareQuantity,
  countPorts,
  coversPorts,
  equalValues,
  formatGrouped,
  formatValue,
  integer,
  limit,
  mergeSpans,
  parseValue,
  portRange,
  portSet,
  tuple,
  word,
} from '../../src/model/value.ts';
import { shapeAndValue } from '../support/values.ts';

const TRIPLE = { kind: 'tuple', fields: ['min', 'default', 'max'] } as const;

describe('values', () => {
  test('parse(format(v)) = v for every kind', () => {
    fc.assert(
      fc.property(shapeAndValue, ({ shape, value }) => {
        expect(parseValue(shape, formatValue(value))).toEqual(value);
      }),
    );
  });

  test('whitespace is not meaning: the kernel’s tabs equal our blanks', () => {
    expect(parseValue(TRIPLE, '4096\t131072\t6291456\n')).toEqual(tuple(4096, 131072, 6291456));
    expect(parseValue({ kind: 'portRange' }, '32768\t60999\n')).toEqual(portRange(32768, 60999));
  });

  test('2^63-1 survives, which a double would round', () => {
    const value = parseValue({ kind: 'integer' }, '9223372036854775807\n');
    expect(value).toEqual(integer(9223372036854775807n));
    expect(value && formatValue(value)).toBe('9223372036854775807');
  });

  test.each([
    [{ kind: 'integer' }, ''],
    [{ kind: 'integer' }, '1 2'],
    [{ kind: 'integer' }, '1M'],
    [{ kind: 'integer' }, '0x10'],
    [TRIPLE, '4096 131072'],
    [TRIPLE, '4096 131072 6291456 1'],
    [{ kind: 'limit' }, '-1'],
    [{ kind: 'portRange' }, '60999 32768'],
    [{ kind: 'portRange' }, '1 65536'],
    [{ kind: 'portSet' }, '80,'],
    [{ kind: 'portSet' }, '90-80'],
    [{ kind: 'word' }, 'two words'],
  ] as const)('%j does not hold %j', (shape, text) => {
    expect(parseValue(shape, text)).toBeNull();
  });

  test('unlimited is above every number and equal to itself', () => {
    expect(compareQuantity('unlimited', 2n ** 64n)).toBeGreaterThan(0);
    expect(compareQuantity(2n ** 64n, 'unlimited')).toBeLessThan(0);
    expect(compareQuantity('unlimited', 'unlimited')).toBe(0);
    expect(parseValue({ kind: 'limit' }, 'unlimited')).toEqual(limit('unlimited'));
    expect(parseValue({ kind: 'limit' }, 'infinity')).toEqual(limit('unlimited'));
  });

  test('values of different kinds are never equal', () => {
    expect(equalValues(integer(5), limit(5))).toBe(false);
    expect(equalValues(word('5'), integer(5))).toBe(false);
    expect(equalValues(tuple(5), tuple(5))).toBe(true);
  });
});

describe('port sets', () => {
  test('merging joins what overlaps or touches', () => {
    expect(
      mergeSpans([
        [8081, 8090],
        [80, 80],
        [8080, 8080],
        [81, 81],
      ]),
    ).toEqual([
      [80, 81],
      [8080, 8090],
    ]);
    expect(formatValue(portSet([9, 9], [1, 3]))).toBe('1-3,9');
  });

  test('merging keeps exactly the same ports', () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        const members = new Set(
          spans.flatMap(([low, high]) => Array.from({ length: high - low + 1 }, (_, i) => low + i)),
        );
        const merged = mergeSpans(spans);
        expect(countPorts(merged)).toBe(members.size);
        expect(coversPorts(merged, spans)).toBe(true);
        expect(mergeSpans(merged)).toEqual(merged);
      }),
    );
  });
});

test('digits are grouped for people', () => {
  expect(formatGrouped(1048576n)).toBe('1,048,576');
  expect(formatGrouped(999n)).toBe('999');
  expect(formatGrouped('unlimited')).toBe('unlimited');
});
