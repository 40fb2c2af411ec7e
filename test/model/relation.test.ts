import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatRelation, nearest, type Relation, satisfies } from '../../src/model/relation.ts';
import {
  compareQuantity,
  integer,
  limit,
  portRange,
  portSet,
  tuple,
  type Value,
  word,
} from '../../src/model/value.ts';
import {
  anyRelation,
  anyValue,
  between,
  integerValue,
  limitValue,
  portRangeValue,
  portSetValue,
} from '../support/values.ts';

const fields = (...list: (Relation | null)[]): Relation => ({ kind: 'fields', fields: list });
const atLeast = (value: Value): Relation => ({ kind: 'atLeast', value });

describe('satisfies', () => {
  test('is total: any relation about any value answers, and never throws', () => {
    fc.assert(
      fc.property(anyRelation, anyValue, (relation, value) => {
        expect(typeof satisfies(relation, value)).toBe('boolean');
        expect(typeof formatRelation(relation)).toBe('string');
      }),
    );
  });

  test.each<[string, Relation, Value, boolean]>([
    ['a higher file-max is met, not lowered', atLeast(integer(999999)), integer(9223372036854775807n), true],
    ['one below is unmet', atLeast(integer(999999)), integer(999998), false],
    ['unlimited meets any floor', atLeast(integer(2n ** 63n)), limit('unlimited'), true],
    ['unlimited breaks any ceiling', { kind: 'atMost', value: integer(5) }, limit('unlimited'), false],
    ['a range holds its ends', between(integer(60), integer(1800)), integer(1800), true],
    [
      'a word is compared whole',
      { kind: 'oneOf', values: [word('fq'), word('fq_codel')] },
      word('fq_codel'),
      true,
    ],
    ['a tuple is judged field by field', fields(atLeast(integer(4096)), null, null), tuple(4096, 1, 1), true],
    [
      'one bad field fails the tuple',
      fields(null, { kind: 'atMost', value: integer(131072) }, null),
      tuple(4096, 131073, 9),
      false,
    ],
    ['a tuple of another length is not comparable', fields(null, null), tuple(1, 2, 3), false],
    ['a number is not a tuple', fields(null), integer(1), false],
    [
      'a wider port range covers',
      { kind: 'superset', value: portRange(32768, 60999) },
      portRange(1024, 65535),
      true,
    ],
    [
      'a narrower one does not',
      { kind: 'superset', value: portRange(1024, 65535) },
      portRange(32768, 60999),
      false,
    ],
    ['the empty set asks for nothing', { kind: 'superset', value: portSet() }, portSet(), true],
    [
      'reserved ports may be split',
      { kind: 'superset', value: portSet([80, 82]) },
      portSet([80, 80], [81, 90]),
      true,
    ],
  ])('%s', (_, relation, value, expected) => {
    expect(satisfies(relation, value)).toBe(expected);
  });
});

describe('nearest', () => {
  test('what it proposes satisfies the relation', () => {
    fc.assert(
      fc.property(anyRelation, fc.option(anyValue), (relation, current) => {
        const value = nearest(relation, current);
        if (value !== null) expect(satisfies(relation, value)).toBe(true);
      }),
    );
  });

  test('a value that already satisfies is left exactly as it is', () => {
    fc.assert(
      fc.property(anyRelation, anyValue, (relation, current) => {
        if (satisfies(relation, current)) expect(nearest(relation, current)).toBe(current);
      }),
    );
  });

  test('raising never lowers a number', () => {
    fc.assert(
      fc.property(integerValue, fc.oneof(integerValue, limitValue), (floor, current) => {
        const raised = nearest(atLeast(floor), current);
        if (raised === null || (current.kind !== 'integer' && current.kind !== 'limit')) return;
        if (raised.kind !== 'integer' && raised.kind !== 'limit')
          throw new Error('a number became something else');
        expect(compareQuantity(raised.n, current.n)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('raising never takes a port away', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.tuple(portSetValue, portSetValue), fc.tuple(portRangeValue, portRangeValue)),
        ([wanted, current]) => {
          const merged = nearest({ kind: 'superset', value: wanted }, current);
          if (merged === null) throw new Error('two of a kind must merge');
          expect(satisfies({ kind: 'superset', value: current }, merged)).toBe(true);
        },
      ),
    );
  });

  test('only the failing field of a tuple moves', () => {
    const wanted = fields(
      atLeast(integer(4096)),
      between(integer(4096), integer(131072)),
      atLeast(integer(1048576)),
    );
    expect(nearest(wanted, tuple(8192, 16777216, 6291456))).toEqual(tuple(8192, 131072, 6291456));
    expect(nearest(wanted, tuple(1, 1, 1))).toEqual(tuple(4096, 4096, 1048576));
  });

  test('a field that is open has no value to propose when nothing is known', () => {
    expect(nearest(fields(atLeast(integer(1)), null), null)).toBeNull();
    expect(nearest(fields(atLeast(integer(1)), atLeast(integer(2))), null)).toEqual(tuple(1, 2));
  });

  test('a limit stays a limit', () => {
    expect(nearest(atLeast(integer(2097152)), limit(1024))).toEqual(limit(2097152));
  });
});

test('relations read well in a table cell', () => {
  expect(formatRelation(fields(atLeast(integer(1)), null, between(integer(2), integer(9))))).toBe(
    '≥ 1 · any · 2–9',
  );
  expect(formatRelation({ kind: 'superset', value: portRange(1024, 65535) })).toBe('⊇ 1024-65535');
  expect(formatRelation({ kind: 'superset', value: portSet() })).toBe('⊇ nothing');
  expect(formatRelation({ kind: 'oneOf', values: [integer(0), integer(1)] })).toBe('0 or 1');
});
