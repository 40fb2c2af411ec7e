/** Who listens: ports for the reserved-ports rules, backlogs for the somaxconn rule. */
import type { HostReader } from '../host/reader.ts';
import type { Listener } from '../model/machine.ts';

const TCP_LISTEN = '0A'; // <net/tcp_states.h>
const MAX_UDP_LINES = 20_000;

export interface Listeners {
  readonly listeners: readonly Listener[];
  /** Why the list is not whole; null when it is. */
  readonly incomplete: string | null;
}

/**
 * Listening TCP sockets come first in /proc/net/tcp, so reading stops at the first that does not listen: a host with
 * a million connections costs no more than an idle one. The backlog is only in sock_diag, so `ss` is asked for it.
 */
export function gatherListeners(host: HostReader): Listeners {
  const missing: string[] = [];
  const listeners: Listener[] = [];
  for (const protocol of ['tcp', 'tcp6', 'udp', 'udp6'] as const) {
    const path = `/proc/net/${protocol}`;
    const isTcp = protocol.startsWith('tcp');
    const lines = host.leadingLines(path, (line, index) =>
      isTcp ? index === 0 || line.trim().split(/\s+/)[3] === TCP_LISTEN : index < MAX_UDP_LINES,
    );
    if (lines.ok) listeners.push(...lines.value.slice(1).flatMap((line) => parseSocketLine(protocol, line)));
    // No IPv6 in the kernel is no gap; anything else is.
    else if (!(lines.errno === 'ENOENT' && protocol.endsWith('6'))) missing.push(`${path}: ${lines.errno}`);
  }
  const wantsBacklogs = listeners.some((l) => l.protocol.startsWith('tcp'));
  const diag = wantsBacklogs ? host.run('ss', ['-Hltn']) : null;
  const backlogs = diag?.ok ? parseBacklogs(diag.value) : new Map<string, number>();
  return {
    listeners: listeners.map((l) => ({
      ...l,
      backlog: l.protocol.startsWith('tcp') ? (backlogs.get(`${l.address}:${l.port}`) ?? null) : null,
    })),
    incomplete: missing.length > 0 ? missing.join('; ') : null,
  };
}

/** One line of /proc/net/{tcp,udp}{,6}: `sl local_address rem_address st …`, addresses in host-endian hex words. */
export function parseSocketLine(protocol: Listener['protocol'], line: string): readonly Listener[] {
  const match = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) /.exec(line);
  if (match?.[1] === undefined || match[2] === undefined) return [];
  return [{ protocol, address: decodeAddress(match[1]), port: Number.parseInt(match[2], 16), backlog: null }];
}

/** Little-endian 32-bit words to dotted or colon form; IPv6 is given in the shortest form that `ss` prints. */
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

/** RFC 5952: the longest run of two or more zero groups becomes `::`, the first one where runs are equal. */
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

/** `ss -Hltn`: State Recv-Q Send-Q Local Peer; for a listener Send-Q is the backlog in force (ss(8)). */
export function parseBacklogs(text: string): Map<string, number> {
  const map = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^LISTEN\s+\d+\s+(\d+)\s+(\S+):(\d+)\s/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const address = match[2].replace(/%.*$/, '').replace(/^\[(.*)\]$/, '$1');
    const backlog = Number(match[1]);
    for (const name of address === '*' ? ['::', '0.0.0.0'] : [address])
      map.set(`${name}:${match[3]}`, backlog);
  }
  return map;
}
