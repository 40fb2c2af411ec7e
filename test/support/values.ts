/** Arbitraries for values, shapes and relations: every kind, the edges of 64 bits among them. */
import fc from 'fast-check';
import type { Relation } from '../../src/model/relation.ts';
import { mergeSpans, type Shape, type Value } from '../../src/model/value.ts';

const big = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 31n - 1n, 2n ** 53n, 2n ** 63n - 1n),
);
const port = fc.integer({ min: 0, max: 65535 });
const span = fc.tuple(port, port).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

export const integerValue = big.map((n): Value => ({ kind: 'integer', n }));
export const limitValue = fc
  .oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constant('unlimited' as const))
  .map((n): Value => ({ kind: 'limit', n }));
export const tupleValue = (length: number) =>
  fc.array(big, { minLength: length, maxLength: length }).map((fields): Value => ({ kind: 'tuple', fields }));
export const portRangeValue = span.map(([low, high]): Value => ({ kind: 'portRange', low, high }));
export const portSetValue = fc
  .array(span, { maxLength: 20 })
  .map((spans): Value => ({ kind: 'portSet', spans: mergeSpans(spans) }));
export const wordValue = fc
  .stringMatching(/^[a-z_]{1,15}$/)
  .map((text): Value => ({ kind: 'word', word: text }));

export const shapeAndValue: fc.Arbitrary<{ shape: Shape; value: Value }> = fc.oneof(
  integerValue.map((value) => ({ shape: { kind: 'integer' } as Shape, value })),
  limitValue.map((value) => ({ shape: { kind: 'limit' } as Shape, value })),
  fc.integer({ min: 1, max: 4 }).chain((length) =>
    tupleValue(length).map((value) => ({
      shape: { kind: 'tuple', fields: Array.from({ length }, (_, i) => `f${i}`) } as Shape,
      value,
    })),
  ),
  portRangeValue.map((value) => ({ shape: { kind: 'portRange' } as Shape, value })),
  portSetValue.map((value) => ({ shape: { kind: 'portSet' } as Shape, value })),
  wordValue.map((value) => ({ shape: { kind: 'word' } as Shape, value })),
);

export const anyValue = shapeAndValue.map(({ value }) => value);

const scalarRelation = (value: fc.Arbitrary<Value>): fc.Arbitrary<Relation> =>
  fc.oneof(
    value.map((v): Relation => ({ kind: 'exactly', value: v })),
    value.map((v): Relation => ({ kind: 'atLeast', value: v })),
    value.map((v): Relation => ({ kind: 'atMost', value: v })),
    fc.array(value, { minLength: 1, maxLength: 4 }).map((values): Relation => ({ kind: 'oneOf', values })),
  );

export const anyRelation: fc.Arbitrary<Relation> = fc.oneof(
  scalarRelation(anyValue),
  scalarRelation(integerValue),
  fc.tuple(integerValue, integerValue).map(([a, b]): Relation => between(a, b)),
  fc.oneof(portRangeValue, portSetValue).map((value): Relation => ({ kind: 'superset', value })),
  fc
    .array(fc.option(scalarRelation(integerValue)), { minLength: 1, maxLength: 4 })
    .map((fields): Relation => ({ kind: 'fields', fields })),
);

/** The two values in order, so that the range is not empty. */
export function between(a: Value, b: Value): Relation {
  const ordered = a.kind === 'integer' && b.kind === 'integer' && a.n > b.n ? [b, a] : [a, b];
  return { kind: 'between', low: ordered[0] ?? a, high: ordered[1] ?? b };
}
