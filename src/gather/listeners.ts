/** Who listens: ports for the reserved-ports rules, backlogs for the somaxconn rule. */
import type { HostReader } from '../host/reader.ts';
import type { Listener } from '../model/machine.ts';
import { parseSocketLine } from './socket-table.ts';

const TCP_LISTEN = '0A'; // <net/tcp_states.h>
const MAX_UDP_LINES = 20_000;
const SS_LISTENERS = ['-Hltun'] as const;

export interface Listeners {
  readonly listeners: readonly Listener[];
  /** Why the list is not whole; null when it is. */
  readonly incomplete: string | null;
}

/**
 * `ss` asks sock_diag for the listeners alone, whose cost does not depend on how many connections there are, and only
 * it knows the backlogs. Where there is no `ss`, the tables in /proc/net tell the rest.
 */
export function gatherListeners(host: HostReader): Listeners {
  const diag = host.run('ss', SS_LISTENERS);
  return diag.ok ? { listeners: parseListeners(diag.value), incomplete: null } : fromTables(host);
}

/**
 * /proc/net/tcp lists listeners first, so reading stops at the first socket that does not listen. To get even that far
 * the kernel may walk its whole table of connections, of all namespaces: seconds on a host with millions.
 */
function fromTables(host: HostReader): Listeners {
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
  return { listeners, incomplete: missing.length > 0 ? missing.join('; ') : null };
}

/** `ss -Hltun`: Netid State Recv-Q Send-Q Local Peer; for a TCP listener Send-Q is the backlog in force (ss(8)). */
export function parseListeners(text: string): readonly Listener[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(tcp|udp)\s+(?:LISTEN|UNCONN)\s+\d+\s+(\d+)\s+(\S+):(\d+)\s/.exec(line);
    const [, name, sendQueue, local, port] = match ?? [];
    if (name === undefined || local === undefined || port === undefined) return [];
    // A star is the any-address of a socket that serves both families.
    const address = local === '*' ? '::' : local.replace(/%[^\]]*/, '').replace(/^\[(.*)\]$/, '$1');
    const protocol = (address.includes(':') ? `${name}6` : name) as Listener['protocol'];
    return [{ protocol, address, port: Number(port), backlog: name === 'tcp' ? Number(sendQueue) : null }];
  });
}
