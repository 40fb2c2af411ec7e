/** Numbers and commands as the lines of walls print them. */
import { formatGrouped, type Quantity } from '../model/value.ts';

export const group = (n: Quantity): string => formatGrouped(n);

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** Bytes in the largest binary unit that leaves at least one, with one decimal, rounded down: `23.5 GiB`. */
export function bytes(n: bigint): string {
  let power = 0;
  while (power < UNITS.length && n >= 1n << BigInt(10 * (power + 1))) power++;
  const unit = UNITS[power - 1];
  if (unit === undefined) return `${n} B`;
  const tenths = (n * 10n) >> BigInt(10 * power);
  return `${group(tenths / 10n)}.${tenths % 10n} ${unit}`;
}

/** Whole GiB that hold so many bytes. */
export function gibibytes(n: bigint): bigint {
  return (n + (1n << 30n) - 1n) >> 30n;
}

/** The command that sets a key now, and where it is kept. Quoted where a shell would split the value. */
export function setNow(key: string, value: string | bigint): string {
  const text = `${value}`;
  const command = /^[\w,.:-]+$/.test(text) ? `sysctl -w ${key}=${text}` : `sysctl -w ${key}="${text}"`;
  return `\`${command}\`, and \`${key} = ${text}\` in /etc/sysctl.d for the next boot`;
}

/** `raise` of a wall that is high enough already, else what to do. */
export function raiseFor(at: bigint, target: bigint, action: string): string {
  return at >= target ? `Enough for ${group(target)}.` : `${action}.`;
}

export function powerOfTwoAtLeast(n: bigint): bigint {
  let power = 1n;
  while (power < n) power *= 2n;
  return power;
}

/** ` / 2 ends`, where both ends of a connection are on this host. */
export function dividedByEnds(ends: 1 | 2): string {
  return ends === 2 ? ' / 2, both ends of a connection being here' : '';
}
