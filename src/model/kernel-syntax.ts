/**
 * What the kernel makes of text that somebody writes into /proc/sys: the syntax of proc_dointvec and friends
 * (kernel/sysctl.c: proc_get_long, __do_proc_dointvec; net/ipv4/sysctl_net_ipv4.c for the port range).
 * Files in sysctl.d hold such text, so this decides what `0x1000`, `010`, `4096 8192` or a short triple mean.
 */
import { mergeSpans, type PortSpan, type Shape, type Value } from './value.ts';

/** Inclusive bounds for every element of a numeric knob, as the kernel enforces them; null means none. */
export interface WriteBounds {
  readonly min: bigint | null;
  readonly max: bigint | null;
}

export type WriteOutcome =
  /** The kernel stores `value`. `ignored` is text after the last expected number, which it silently drops. */
  | { readonly outcome: 'stored'; readonly value: Value; readonly ignored: string }
  /** Nothing changes and the write reports success: the empty write. */
  | { readonly outcome: 'unchanged' }
  /** The write fails. `partial` is what is left behind when earlier elements of a vector were already stored. */
  | { readonly outcome: 'rejected'; readonly errno: 'EINVAL' | 'ENOENT'; readonly partial: Value | null };

const NUMBER_BUFFER = 22; // TMPBUFLEN of kernel/sysctl.c: a token of 21 characters or more is refused
const ULONG_MAX = (1n << 64n) - 1n;
const LONG_MAX = (1n << 63n) - 1n;
const BLANK = /^[ \t\n\v\f\r]*/;
const SEPARATOR = ' \t\n';

/**
 * Interprets one write of `text` to a knob of this shape.
 * @param current the value before the write; a vector shorter than the knob keeps its remaining fields.
 */
export function interpretWrite(
  shape: Shape,
  text: string,
  current: Value | null,
  bounds: WriteBounds = { min: null, max: null },
): WriteOutcome {
  if (text === '') return { outcome: 'unchanged' };
  switch (shape.kind) {
    case 'integer':
    case 'tuple':
      return writeNumbers(shape, text, current, bounds);
    case 'portRange':
      return writePortRange(text, current);
    case 'portSet':
      return writePortSet(text);
    case 'limit':
    case 'word': {
      // proc_dostring and the qdisc and congestion handlers take one line and trim it.
      const line = (text.split('\n')[0] ?? '').trim();
      if (line === '') return rejected(shape.kind === 'word' ? 'ENOENT' : 'EINVAL');
      return { outcome: 'stored', value: { kind: 'word', word: line }, ignored: '' };
    }
  }
}

interface Token {
  readonly n: bigint;
  readonly rest: string;
}

/** proc_get_long: optional minus, then strtoul with base 0 (0x hex, leading 0 octal), then a blank or the end. */
export function takeNumber(text: string): Token | null {
  const window = text.slice(0, NUMBER_BUFFER - 1);
  const match = /^(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(window);
  if (!match) return null;
  const [whole, sign = '', digits = ''] = match;
  if (whole.length >= NUMBER_BUFFER - 1) return null;
  const next = text[whole.length];
  if (next !== undefined && !SEPARATOR.includes(next)) return null;
  const magnitude = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  if (magnitude > ULONG_MAX || (sign !== '' && magnitude > LONG_MAX + 1n)) return null;
  return { n: sign ? -magnitude : magnitude, rest: text.slice(whole.length) };
}

function takeNumbers(text: string, count: number): { numbers: bigint[]; rest: string; failed: boolean } {
  const numbers: bigint[] = [];
  let rest = text;
  while (numbers.length < count) {
    rest = rest.replace(BLANK, '');
    if (rest === '') break;
    const token = takeNumber(rest);
    if (token === null) return { numbers, rest, failed: true };
    numbers.push(token.n);
    rest = token.rest;
  }
  return { numbers, rest: rest.replace(BLANK, ''), failed: numbers.length === 0 };
}

function writeNumbers(
  shape: Extract<Shape, { kind: 'integer' | 'tuple' }>,
  text: string,
  current: Value | null,
  bounds: WriteBounds,
): WriteOutcome {
  const count = shape.kind === 'tuple' ? shape.fields.length : 1;
  const { numbers, rest, failed } = takeNumbers(text, count);
  const bad = numbers.findIndex((n) => outside(n, bounds));
  const good = bad === -1 ? numbers : numbers.slice(0, bad);
  const stored = assemble(shape, good, current);
  if (failed || bad !== -1) {
    // Element by element: what came before the bad token has already been stored.
    return {
      outcome: 'rejected',
      errno: 'EINVAL',
      partial: good.length > 0 && shape.kind === 'tuple' ? stored : null,
    };
  }
  return stored === null ? rejected('EINVAL') : { outcome: 'stored', value: stored, ignored: rest.trim() };
}

function assemble(shape: Shape, numbers: readonly bigint[], current: Value | null): Value | null {
  if (shape.kind !== 'tuple') return numbers[0] === undefined ? null : { kind: 'integer', n: numbers[0] };
  const kept = current?.kind === 'tuple' ? current.fields : [];
  const fields = shape.fields.map((_, i) => numbers[i] ?? kept[i]);
  return fields.includes(undefined) ? null : { kind: 'tuple', fields: fields as bigint[] };
}

/** The port range goes through a temporary, so a refused write leaves nothing behind. */
function writePortRange(text: string, current: Value | null): WriteOutcome {
  const { numbers, rest, failed } = takeNumbers(text, 2);
  if (failed || numbers.some((n) => n < 1n || n > 65535n)) return rejected('EINVAL');
  const high = numbers[1] ?? (current?.kind === 'portRange' ? BigInt(current.high) : null);
  const low = numbers[0];
  if (low === undefined || high === null || low > high) return rejected('EINVAL');
  return {
    outcome: 'stored',
    value: { kind: 'portRange', low: Number(low), high: Number(high) },
    ignored: rest.trim(),
  };
}

/** proc_do_large_bitmap: commas and dashes only, no blanks inside; a lone newline clears the set. */
function writePortSet(text: string): WriteOutcome {
  const body = text.replace(/\n$/, '').replace(BLANK, '').replace(/,$/, '');
  const spans: PortSpan[] = [];
  for (const item of body === '' ? [] : body.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(item);
    if (!match) return rejected('EINVAL');
    const low = Number(match[1]);
    const high = Number(match[2] ?? match[1]);
    if (low > high || high > 65535) return rejected('EINVAL');
    spans.push([low, high]);
  }
  return { outcome: 'stored', value: { kind: 'portSet', spans: mergeSpans(spans) }, ignored: '' };
}

function outside(n: bigint, bounds: WriteBounds): boolean {
  return (bounds.min !== null && n < bounds.min) || (bounds.max !== null && n > bounds.max);
}

function rejected(errno: 'EINVAL' | 'ENOENT'): WriteOutcome {
  return { outcome: 'rejected', errno, partial: null };
}
