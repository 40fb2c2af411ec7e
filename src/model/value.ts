/**
 * Values: what a knob or a limit can hold. Integers are always bigint: fs.file-max is 9223372036854775807 on
 * most systemd hosts, which a double cannot carry. Whitespace is not meaning, so values are compared, never text.
 */

/** A count that may have no upper end (RLIM_INFINITY, systemd's `infinity`, limits.conf's `unlimited`). */
export type Quantity = bigint | 'unlimited';

/** An inclusive range of ports, 0–65535. */
export type PortSpan = readonly [low: number, high: number];

export type Value =
  | { readonly kind: 'integer'; readonly n: bigint }
  | { readonly kind: 'limit'; readonly n: Quantity }
  | { readonly kind: 'tuple'; readonly fields: readonly bigint[] }
  | { readonly kind: 'portRange'; readonly low: number; readonly high: number }
  | { readonly kind: 'portSet'; readonly spans: readonly PortSpan[] }
  | { readonly kind: 'word'; readonly word: string };

/** The kind of value a knob holds; a tuple also names its fields, in the kernel's order. */
export type Shape =
  | { readonly kind: 'integer' }
  | { readonly kind: 'limit' }
  | { readonly kind: 'tuple'; readonly fields: readonly string[] }
  | { readonly kind: 'portRange' }
  | { readonly kind: 'portSet' }
  | { readonly kind: 'word' };

export const MAX_PORT = 65535;

export const integer = (n: bigint | number): Value => ({ kind: 'integer', n: BigInt(n) });
export const limit = (n: bigint | number | 'unlimited'): Value => ({
  kind: 'limit',
  n: n === 'unlimited' ? n : BigInt(n),
});
export const tuple = (...fields: readonly (bigint | number)[]): Value => ({
  kind: 'tuple',
  fields: fields.map((f) => BigInt(f)),
});
export const portRange = (low: number, high: number): Value => ({ kind: 'portRange', low, high });
export const portSet = (...spans: readonly PortSpan[]): Value => ({
  kind: 'portSet',
  spans: mergeSpans(spans),
});
export const word = (text: string): Value => ({ kind: 'word', word: text });

/** Orders quantities; `unlimited` is above every number. Negative, zero or positive, like a sort callback. */
export function compareQuantity(a: Quantity, b: Quantity): number {
  if (a === b) return 0;
  if (a === 'unlimited') return 1;
  if (b === 'unlimited') return -1;
  return a < b ? -1 : 1;
}

/** True when both hold the same thing; values of different kinds are never equal. */
export function equalValues(a: Value, b: Value): boolean {
  return a.kind === b.kind && formatValue(a) === formatValue(b);
}

/** The canonical text: decimal, fields separated by one space, port sets as `80,8000-8080`. Inverse of `parseValue`. */
export function formatValue(value: Value): string {
  switch (value.kind) {
    case 'integer':
    case 'limit':
      return value.n.toString();
    case 'tuple':
      return value.fields.join(' ');
    case 'portRange':
      return `${value.low} ${value.high}`;
    case 'portSet':
      return value.spans.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(',');
    case 'word':
      return value.word;
  }
}

/** Digits in groups of three, for people: `1,048,576`. */
export function formatGrouped(n: Quantity): string {
  return n.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * Reads the text that the kernel (or a limits table) prints for a value of this shape.
 * Returns null when the text is not such a value: the caller turns that into an `unparsable` reading.
 * This reads output; what the kernel makes of text that is *written* is `kernel-syntax.ts`.
 */
export function parseValue(shape: Shape, text: string): Value | null {
  const trimmed = text.trim();
  const words = trimmed === '' ? [] : trimmed.split(/\s+/);
  switch (shape.kind) {
    case 'integer': {
      const n = words.length === 1 ? parseDecimal(words[0]) : null;
      return n === null ? null : { kind: 'integer', n };
    }
    case 'limit': {
      if (words.length !== 1) return null;
      if (words[0] === 'unlimited' || words[0] === 'infinity') return { kind: 'limit', n: 'unlimited' };
      const n = parseDecimal(words[0]);
      return n === null || n < 0n ? null : { kind: 'limit', n };
    }
    case 'tuple': {
      const fields = words.map(parseDecimal);
      if (fields.length !== shape.fields.length || fields.includes(null)) return null;
      return { kind: 'tuple', fields: fields as bigint[] };
    }
    case 'portRange': {
      const [low, high] = words.map(parsePort);
      if (words.length !== 2 || low == null || high == null || low > high) return null;
      return { kind: 'portRange', low, high };
    }
    case 'portSet':
      return parsePortSet(trimmed);
    case 'word':
      return words.length === 1 ? { kind: 'word', word: trimmed } : null;
  }
}

/** Parses `80,443,8000-8080` (what ip_local_reserved_ports prints); the empty text is the empty set. */
export function parsePortSet(text: string): Value | null {
  const spans: PortSpan[] = [];
  for (const item of text.trim() === '' ? [] : text.trim().split(',')) {
    const ends = item.split('-').map(parsePort);
    const low = ends[0];
    const high = ends.length === 1 ? low : ends[1];
    if (ends.length > 2 || low == null || high == null || low > high) return null;
    spans.push([low, high]);
  }
  return { kind: 'portSet', spans: mergeSpans(spans) };
}

/** Sorts and joins overlapping or adjacent spans, as the kernel's bitmap does when it prints. */
export function mergeSpans(spans: readonly PortSpan[]): readonly PortSpan[] {
  const merged: [number, number][] = [];
  for (const [low, high] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/** How many ports the spans hold. Spans must be merged. */
export function countPorts(spans: readonly PortSpan[]): number {
  return spans.reduce((sum, [low, high]) => sum + high - low + 1, 0);
}

/** True when every port of `inner` is in `outer`. Both must be merged. */
export function coversPorts(outer: readonly PortSpan[], inner: readonly PortSpan[]): boolean {
  return inner.every(([low, high]) => outer.some(([from, to]) => from <= low && high <= to));
}

function parseDecimal(text: string | undefined): bigint | null {
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : null;
}

function parsePort(text: string): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT ? Number(text) : null;
}
