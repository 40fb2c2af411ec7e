/** Does a change take something away? Field by field, since a vector may rise in one and fall in another. */
import { compareQuantity, coversPorts, type Value } from '../model/value.ts';

export function isLowering(from: Value, to: Value): boolean {
  const before = scalar(from);
  const after = scalar(to);
  if (before !== null && after !== null) return compareQuantity(after, before) < 0;
  if (from.kind === 'tuple' && to.kind === 'tuple') {
    return from.fields.some((field, i) => (to.fields[i] ?? field) < field);
  }
  if (from.kind === 'portRange' && to.kind === 'portRange') {
    return to.low > from.low || to.high < from.high;
  }
  if (from.kind === 'portSet' && to.kind === 'portSet') return !coversPorts(to.spans, from.spans);
  return false;
}

function scalar(value: Value) {
  return value.kind === 'integer' || value.kind === 'limit' ? value.n : null;
}
