/** The items of limits.conf: which resource limit each sets, in which unit, and what the module makes of a value. */
import type { Quantity } from '../model/value.ts';

/** In the order in which pam_limits sets them: the number of the resource on Linux. */
export const RESOURCES = [
  ...['cpu', 'fsize', 'data', 'stack', 'core', 'rss', 'nproc', 'nofile', 'memlock', 'as', 'locks'],
  ...['sigpending', 'msgqueue', 'nice', 'rtprio'],
] as const;

export type Resource = string;

/** Items that limit something other than a resource. */
export const OTHER_ITEMS = ['maxlogins', 'maxsyslogins', 'priority', 'nonewprivs', 'chroot'] as const;

export function isResource(item: string): boolean {
  return (RESOURCES as readonly string[]).includes(item);
}

const INFINITY = (1n << 64n) - 1n;
const TIMES: Readonly<Record<string, bigint>> = {
  cpu: 60n,
  ...Object.fromEntries(
    ['fsize', 'data', 'stack', 'core', 'rss', 'memlock', 'as'].map((item) => [item, 1024n]),
  ),
};

export type ItemValue =
  | {
      readonly kind: 'set';
      readonly n: Quantity;
      readonly oddity: 'number-cut-short' | 'negative-number' | null;
    }
  | { readonly kind: 'not-a-number' };

/**
 * process_limit: the value of a resource item, in the kernel's unit (bytes, seconds, a count).
 * `nrOpen` stands in for an unlimited nofile.
 */
export function itemValue(item: string, text: string, nrOpen: bigint): ItemValue {
  if (item === 'nice') return niceValue(text);
  if (['-1', '-', 'unlimited', 'infinity'].includes(text)) return limited(item, INFINITY, nrOpen, null);
  const match = /^[ \t\n\v\f\r]*([-+]?)([0-9]+)/.exec(text);
  if (match === null) return { kind: 'not-a-number' };
  const magnitude = BigInt(match[2] ?? '0');
  const negative = match[1] === '-';
  const n = magnitude > INFINITY ? INFINITY : BigInt.asUintN(64, negative ? -magnitude : magnitude);
  const cut = match[0].length < text.replace(/[ \t\r\n\v\f]+$/, '').length;
  return limited(item, n, nrOpen, cut ? 'number-cut-short' : negative ? 'negative-number' : null);
}

function limited(
  item: string,
  n: bigint,
  nrOpen: bigint,
  oddity: Extract<ItemValue, { kind: 'set' }>['oddity'],
): ItemValue {
  if (item === 'nofile' && n === INFINITY) return { kind: 'set', n: nrOpen, oddity };
  const times = TIMES[item] ?? 1n;
  const scaled = n >= INFINITY / times ? INFINITY : n * times;
  return { kind: 'set', n: scaled === INFINITY ? 'unlimited' : scaled, oddity };
}

/** strtol, -20…19, and the kernel's scale that runs the other way. */
function niceValue(text: string): ItemValue {
  const match = /^[ \t\n\v\f\r]*[-+]?[0-9]+/.exec(text);
  if (match === null) return { kind: 'not-a-number' };
  const n = BigInt(match[0].trim().replace('+', ''));
  const clamped = n > 19n ? 19n : n < -20n ? -20n : n;
  return { kind: 'set', n: 20n - clamped, oddity: match[0].length < text.length ? 'number-cut-short' : null };
}
