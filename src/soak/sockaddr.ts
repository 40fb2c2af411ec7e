/** IP addresses as bytes, and the C structures sockaddr_in and sockaddr_in6. Pure. */
import { AF_INET, AF_INET6 } from './constants.ts';

export type Family = 4 | 6;

export const SOCKADDR_BYTES: Readonly<Record<Family, number>> = { 4: 16, 6: 28 };
const PORT_AT = 2;
const HOST_AT: Readonly<Record<Family, number>> = { 4: 4, 6: 8 };
const GROUPS = 8;

/** The bytes of a numeric address in network order; null when the text is not one. No names, no zone, no shorthand. */
export function parseAddress(text: string): Uint8Array | null {
  return text.includes(':') ? parseSix(text) : parseFour(text);
}

export function familyOf(address: Uint8Array): Family {
  return address.length === 4 ? 4 : 6;
}

/** Dotted form, or groups in hex with the longest run of zero groups left out (RFC 5952). */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from(
    { length: GROUPS },
    (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
  );
  const text = groups.map((g) => g.toString(16)).join(':');
  const runs = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)];
  const longest = runs.reduce((best, run) => (run[0].length > best.length ? run[0] : best), '');
  if (longest === '') return text;
  const at = text.indexOf(longest, runs.find((run) => run[0] === longest)?.index ?? 0);
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

/** Writes a socket address into `target`, which must have SOCKADDR_BYTES. */
export function writeSockaddr(target: Uint8Array, address: Uint8Array, port: number): void {
  const family = familyOf(address);
  target.fill(0, 0, SOCKADDR_BYTES[family]);
  // sa_family is in host order; every platform the FFI has binaries for is little-endian.
  target[0] = family === 4 ? AF_INET : AF_INET6;
  writePort(target, port);
  target.set(address, HOST_AT[family]);
}

/** Changes only the port: the hot path of the ramp. */
export function writePort(target: Uint8Array, port: number): void {
  target[PORT_AT] = port >> 8;
  target[PORT_AT + 1] = port & 0xff;
}

export function readPort(source: Uint8Array): number {
  return ((source[PORT_AT] ?? 0) << 8) | (source[PORT_AT + 1] ?? 0);
}

export function readHost(source: Uint8Array, family: Family): Uint8Array {
  const at = HOST_AT[family];
  return source.slice(at, at + (family === 4 ? 4 : 16));
}

export function isLoopback(address: Uint8Array): boolean {
  if (address.length === 4) return address[0] === 127;
  return address.slice(0, 15).every((byte) => byte === 0) && address[15] === 1;
}

/** 0.0.0.0 and :: are no single address; neither is a multicast group. */
export function isSingleHost(address: Uint8Array): boolean {
  if (address.every((byte) => byte === 0)) return false;
  const first = address[0] ?? 0;
  return address.length === 4 ? first < 224 : first !== 0xff;
}

function parseFour(text: string): Uint8Array | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const parts = match?.slice(1) ?? [];
  // A leading zero is octal to some programs and decimal to others.
  if (parts.length !== 4 || parts.some((p) => Number(p) > 255 || (p.length > 1 && p.startsWith('0')))) {
    return null;
  }
  return Uint8Array.from(parts, Number);
}

function parseSix(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const all = groups.flat();
  if (!all.every((g) => /^[0-9a-fA-F]{1,4}$/.test(g))) return null;
  const missing = GROUPS - all.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const zeros = Array.from({ length: halves.length === 2 ? missing : 0 }, () => '0');
  const numbers = [...(groups[0] ?? []), ...zeros, ...(groups[1] ?? [])].map((g) => Number.parseInt(g, 16));
  return Uint8Array.from(numbers.flatMap((n) => [n >> 8, n & 0xff]));
}
