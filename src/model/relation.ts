/**
 * Relations: what a profile wants of a value. They compare by meaning, field by field on tuples, and they know
 * the nearest value that would satisfy them, so that raising never lowers and a fit host is left alone.
 */
import {
  compareQuantity,
  coversPorts,
  equalValues,
  formatValue,
  mergeSpans,
  type PortSpan,
  type Quantity,
  type Value,
} from './value.ts';

export type Relation =
  | { readonly kind: 'exactly'; readonly value: Value }
  | { readonly kind: 'atLeast'; readonly value: Value }
  | { readonly kind: 'atMost'; readonly value: Value }
  | { readonly kind: 'between'; readonly low: Value; readonly high: Value }
  | { readonly kind: 'oneOf'; readonly values: readonly Value[] }
  /** The live port range or port set must contain every port of `value`. */
  | { readonly kind: 'superset'; readonly value: Value }
  /** One relation per field of a tuple, in the kernel's order; null leaves that field alone. */
  | { readonly kind: 'fields'; readonly fields: readonly (Relation | null)[] };

export type RelationKind = Relation['kind'];

/** Does this value satisfy the relation? Total: a value of the wrong kind never does, and nothing throws. */
export function satisfies(relation: Relation, value: Value): boolean {
  switch (relation.kind) {
    case 'exactly':
      return sameMeaning(relation.value, value);
    case 'atLeast':
      return compareScalars(value, relation.value, (c) => c >= 0);
    case 'atMost':
      return compareScalars(value, relation.value, (c) => c <= 0);
    case 'between':
      return (
        compareScalars(value, relation.low, (c) => c >= 0) &&
        compareScalars(value, relation.high, (c) => c <= 0)
      );
    case 'oneOf':
      return relation.values.some((candidate) => sameMeaning(candidate, value));
    case 'superset': {
      const outer = spansOf(value);
      const inner = spansOf(relation.value);
      return outer !== null && inner !== null && coversPorts(outer, inner);
    }
    case 'fields':
      return (
        value.kind === 'tuple' &&
        value.fields.length === relation.fields.length &&
        relation.fields.every(
          (field, i) => field === null || satisfies(field, { kind: 'integer', n: value.fields[i] ?? 0n }),
        )
      );
  }
}

/**
 * The nearest value that satisfies the relation: `current` itself when it already does. Null when the relation
 * cannot speak about a value of this kind (or, for a missing current value, leaves a field open).
 * For atLeast and superset the result is never below `current`, whatever the profile says.
 */
export function nearest(relation: Relation, current: Value | null): Value | null {
  if (current !== null && satisfies(relation, current)) return current;
  const candidate = propose(relation, current);
  return candidate !== null && satisfies(relation, candidate) ? candidate : null;
}

function propose(relation: Relation, current: Value | null): Value | null {
  switch (relation.kind) {
    case 'exactly':
      return recast(relation.value, current);
    case 'atLeast':
    case 'atMost':
      return recast(relation.value, current);
    case 'between':
      if (current !== null && compareScalars(current, relation.high, (c) => c > 0))
        return recast(relation.high, current);
      return recast(relation.low, current);
    case 'oneOf':
      return relation.values[0] === undefined ? null : recast(relation.values[0], current);
    case 'superset':
      return union(relation.value, current);
    case 'fields': {
      const fields: bigint[] = [];
      for (const [i, field] of relation.fields.entries()) {
        const live = current?.kind === 'tuple' ? current.fields[i] : undefined;
        const value: Value | null = live === undefined ? null : { kind: 'integer', n: live };
        const next = field === null ? value : nearest(field, value);
        if (next?.kind !== 'integer') return null;
        fields.push(next.n);
      }
      return current !== null && current.kind !== 'tuple' ? null : { kind: 'tuple', fields };
    }
  }
}

/** One short phrase for a table cell: `≥ 4096`, `4096 · 4096–131072 · any`, `⊇ 1024-65535`. */
export function formatRelation(relation: Relation): string {
  switch (relation.kind) {
    case 'exactly':
      return `= ${formatValue(relation.value)}`;
    case 'atLeast':
      return `≥ ${formatValue(relation.value)}`;
    case 'atMost':
      return `≤ ${formatValue(relation.value)}`;
    case 'between':
      return `${formatValue(relation.low)}–${formatValue(relation.high)}`;
    case 'oneOf':
      return relation.values.map(formatValue).join(' or ');
    case 'superset':
      return relation.value.kind === 'portRange'
        ? `⊇ ${relation.value.low}-${relation.value.high}`
        : `⊇ ${formatValue(relation.value) || 'nothing'}`;
    case 'fields':
      return relation.fields.map((field) => (field === null ? 'any' : formatRelation(field))).join(' · ');
  }
}

function scalar(value: Value): Quantity | null {
  return value.kind === 'integer' || value.kind === 'limit' ? value.n : null;
}

function compareScalars(a: Value, b: Value, test: (order: number) => boolean): boolean {
  const left = scalar(a);
  const right = scalar(b);
  return left !== null && right !== null && test(compareQuantity(left, right));
}

function sameMeaning(a: Value, b: Value): boolean {
  return compareScalars(a, b, (c) => c === 0) || equalValues(a, b);
}

function spansOf(value: Value): readonly PortSpan[] | null {
  if (value.kind === 'portSet') return value.spans;
  return value.kind === 'portRange' ? [[value.low, value.high]] : null;
}

/** The wanted value in the kind the knob already has (a limit stays a limit), or null when kinds do not meet. */
function recast(wanted: Value, current: Value | null): Value | null {
  if (current === null || wanted.kind === current.kind) return wanted;
  if (current.kind === 'limit' && wanted.kind === 'integer') return { kind: 'limit', n: wanted.n };
  if (current.kind === 'integer' && wanted.kind === 'limit' && wanted.n !== 'unlimited')
    return { kind: 'integer', n: wanted.n };
  return null;
}

function union(wanted: Value, current: Value | null): Value | null {
  if (current === null) return wanted;
  if (wanted.kind === 'portRange' && current.kind === 'portRange') {
    return {
      kind: 'portRange',
      low: Math.min(wanted.low, current.low),
      high: Math.max(wanted.high, current.high),
    };
  }
  if (wanted.kind === 'portSet' && current.kind === 'portSet') {
    return { kind: 'portSet', spans: mergeSpans([...wanted.spans, ...current.spans]) };
  }
  return null;
}
