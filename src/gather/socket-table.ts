/** The lines of /proc/net/{tcp,udp}{,6}, as in proc(5): `sl local_address rem_address st …`. */
import type { Listener } from '../model/machine.ts';

/** One line, or nothing for the heading and what is no socket. The backlog is not in these tables. */
export function parseSocketLine(protocol: Listener['protocol'], line: string): readonly Listener[] {
  const match = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) /.exec(line);
  if (match?.[1] === undefined || match[2] === undefined) return [];
  return [{ protocol, address: decodeAddress(match[1]), port: Number.parseInt(match[2], 16), backlog: null }];
}

/** Little-endian 32-bit words to dotted or colon form; IPv6 in the shortest form (RFC 5952). */
export function decodeAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((w) => (w.match(/../g) ?? []).reverse()).map((b) => Number.parseInt(b, 16));
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.slice(12).join('.')}`;
  }
  return shortenGroups(groups);
}

/** The longest run of two or more zero groups becomes `::`, the first one where runs are equal. */
function shortenGroups(groups: readonly number[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const text = (part: readonly number[]) => part.map((g) => g.toString(16)).join(':');
  if (best.at === -1) return text(groups);
  return `${text(groups.slice(0, best.at))}::${text(groups.slice(best.at + best.length))}`;
}
