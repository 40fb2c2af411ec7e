import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interpretWrite, type WriteBounds } from '../../src/model/kernel-syntax.ts';
import {
  formatValue,
  integer,
  portRange,
  portSet,
  type Shape,
  tuple,
  type Value,
  word,
} from '../../src/model/value.ts';
import { shapeAndValue } from '../support/values.ts';

const NUMBER: Shape = { kind: 'integer' };
const TRIPLE: Shape = { kind: 'tuple', fields: ['min', 'default', 'max'] };
const INT: WriteBounds = { min: 0n, max: 2147483647n };
const OLD = tuple(4096, 131072, 6291456);

const stored = (value: Value, ignored = '') => ({ outcome: 'stored', value, ignored });
const rejected = (partial: Value | null = null, errno = 'EINVAL') => ({
  outcome: 'rejected',
  errno,
  partial,
});

describe('what the kernel makes of text (each row seen on kernel 6.18)', () => {
  test.each([
    ['0x1000', stored(integer(4096))],
    ['010000', stored(integer(4096))],
    ['01', stored(integer(1))],
    ['-0', stored(integer(0))],
    ['4096\n', stored(integer(4096))],
    ['  4096', stored(integer(4096))],
    ['4096 8192', stored(integer(4096), '8192')],
    ['1024 # comment', stored(integer(1024), '# comment')],
    ['', { outcome: 'unchanged' }],
    ['\n', rejected()],
    ['1024# x', rejected()],
    ['+5', rejected()],
    ['1e6', rejected()],
    ['1_000', rejected()],
    ['1,024', rejected()],
    ['1024.0', rejected()],
    ['"1024"', rejected()],
    ['65535x', rejected()],
    ['1024\r', rejected()],
    ['00000000000000000000001', rejected()],
    ['-1', rejected()],
    ['2147483648', rejected()],
  ])('number %j', (text, expected) => {
    expect(interpretWrite(NUMBER, text, null, INT)).toEqual(expected);
  });

  test.each([
    ['8192 65536', stored(tuple(8192, 65536, 6291456))],
    ['8192\t65536\t99', stored(tuple(8192, 65536, 99))],
    ['1 2 3 4', stored(tuple(1, 2, 3), '4')],
    ['8192 65536 99999999999', rejected(tuple(8192, 65536, 6291456))],
    ['8192 abc 1', rejected(tuple(8192, 131072, 6291456))],
    ['abc', rejected()],
    ['4096 131072 # c', rejected(tuple(4096, 131072, 6291456))],
  ])('triple %j: a refused vector keeps what came before', (text, expected) => {
    expect(interpretWrite(TRIPLE, text, OLD, INT)).toEqual(expected);
  });

  test.each([
    ['1024 65535', stored(portRange(1024, 65535))],
    ['1024', stored(portRange(1024, 60999))],
    ['61000', rejected()],
    ['0 65535', rejected()],
    ['1024 65536', rejected()],
    ['2000 1000', rejected()],
  ])('port range %j: all or nothing', (text, expected) => {
    expect(interpretWrite({ kind: 'portRange' }, text, portRange(32768, 60999))).toEqual(expected);
  });

  test.each([
    ['8080,9090', stored(portSet([8080, 8080], [9090, 9090]))],
    ['80,80,81-90,', stored(portSet([80, 90]))],
    ['\n', stored(portSet())],
    ['0', stored(portSet([0, 0]))],
    ['8080 , 9090', rejected()],
    ['9010-9000', rejected()],
    ['8080 # x', rejected()],
    ['70000', rejected()],
  ])('reserved ports %j: a write replaces the whole set', (text, expected) => {
    expect(interpretWrite({ kind: 'portSet' }, text, portSet([1, 1]))).toEqual(expected);
  });

  test('words are trimmed lines; an empty line names nothing', () => {
    expect(interpretWrite({ kind: 'word' }, 'reno\n', null)).toEqual(stored(word('reno')));
    expect(interpretWrite({ kind: 'word' }, '\n', null)).toEqual(rejected(null, 'ENOENT'));
  });
});

test('what the kernel prints can be written back and means the same', () => {
  fc.assert(
    fc.property(shapeAndValue, ({ shape, value }) => {
      if (value.kind === 'limit' || value.kind === 'portSet' || value.kind === 'word') return;
      // The port range refuses port 0, and a word longer than 20 digits is refused by its length.
      if (value.kind === 'portRange' && value.low === 0) return;
      if (
        formatValue(value)
          .split(' ')
          .some((token) => token.length > 20)
      )
        return;
      expect(interpretWrite(shape, formatValue(value), null)).toEqual(stored(value));
    }),
  );
});

test('never throws, whatever the text', () => {
  fc.assert(
    fc.property(
      shapeAndValue,
      fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-fx ,\t\n#-]*$/)),
      ({ shape, value }, text) => {
        const { outcome } = interpretWrite(shape, text, value);
        expect(['stored', 'unchanged', 'rejected']).toContain(outcome);
      },
    ),
  );
});
