/** Numbers as the sentences of findings print them. */
import type { Quantity } from '../../model/value.ts';

/** `1048576` → `1,048,576`. */
export function group(n: Quantity | number): string {
  return n.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** Bytes in the largest binary unit that leaves at least one, with one decimal, rounded down: `23.5 GiB`. */
export function bytes(n: bigint): string {
  if (n < 0n) return `-${bytes(-n)}`;
  let power = 0;
  while (power < UNITS.length && n >= 1n << BigInt(10 * (power + 1))) power++;
  const unit = UNITS[power - 1];
  if (unit === undefined) return `${n} B`;
  const tenths = (n * 10n) >> BigInt(10 * power);
  return `${group(tenths / 10n)}.${tenths % 10n} ${unit}`;
}

/** At most `most` items, then how many are left out. */
export function list(items: readonly string[], most = 5): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
