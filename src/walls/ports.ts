/** Ports of one source address towards one destination: how many connections, and how many new ones per second. */
import { listeningPorts } from '../model/machine.ts';
import { factOf, type Snapshot } from '../model/snapshot.ts';
import { countPorts, mergeSpans, type PortSpan } from '../model/value.ts';
import type { LimitFinding } from '../model/wall.ts';
import { rateAt, unread, valueIn, type WallContext, type WallFamily, wallAt } from './context.ts';
import { group, setNow } from './terms.ts';

const RANGE = 'net.ipv4.ip_local_port_range';
const RESERVED = 'net.ipv4.ip_local_reserved_ports';
const NAME = { limit: 'port range', key: RANGE, side: 'client', scope: 'destination' } as const;
const RECONNECTS = { ...NAME, limit: 'ports in TIME_WAIT', event: 'reconnects' } as const;
/** TCP_TIMEWAIT_LEN, a constant of the kernel (include/net/tcp.h). */
const TIME_WAIT_SECONDS = 60n;
/** The widest range that leaves the privileged ports alone. */
const WIDEST: PortSpan = [1024, 65535];

export const ports: WallFamily = (context) => {
  const { snapshot } = context;
  const fact = factOf(snapshot, RANGE);
  const range = valueIn(fact);
  if (range?.kind !== 'portRange') return [unread(NAME, fact), unread(RECONNECTS, fact)];
  const usable = usablePorts(snapshot, [range.low, range.high]);
  return [connections(context, usable), reconnects(context, usable)];
};

export interface UsablePorts {
  readonly count: bigint;
  readonly range: PortSpan;
  readonly text: string;
}

/** The range less what is reserved and what somebody listens on (any address: a bound port is passed over). */
export function usablePorts(snapshot: Snapshot, range: PortSpan): UsablePorts {
  const { machine } = snapshot;
  const set = valueIn(factOf(snapshot, RESERVED));
  const reserved = set?.kind === 'portSet' ? clip(set.spans, range) : [];
  const tcp = machine.listeners.filter((l) => l.protocol.startsWith('tcp'));
  const listening = clip(listeningPorts({ ...machine, listeners: tcp }), range);
  const width = range[1] - range[0] + 1;
  const held = countPorts(mergeSpans([...reserved, ...listening]));
  const also = countPorts(mergeSpans(reserved)) + countPorts(mergeSpans(listening)) - held;
  const unsure = [
    set === null ? 'reserved ports not known' : null,
    machine.listenersIncomplete === null ? null : 'not all listeners known',
  ].filter((text) => text !== null);
  return {
    count: BigInt(width - held),
    range,
    text: `${range[0]}–${range[1]}: ${group(BigInt(width))} ports − ${countPorts(mergeSpans(reserved))} reserved − ${countPorts(mergeSpans(listening)) - also} listening${unsure.length === 0 ? '' : ` (${unsure.join(', ')})`}`,
  };
}

function clip(spans: readonly PortSpan[], [low, high]: PortSpan): readonly PortSpan[] {
  return spans
    .filter(([from, to]) => from <= high && to >= low)
    .map(([from, to]) => [Math.max(from, low), Math.min(to, high)] as const);
}

function connections({ assumptions }: WallContext, { count, range, text }: UsablePorts): LimitFinding {
  const { target } = assumptions;
  const needed = count > 0n ? (target + count - 1n) / count : null;
  const addresses =
    needed === null
      ? 'Free some ports'
      : `Spread ${group(target)} over ${group(needed)} source addresses or destination ports`;
  const wider =
    range[0] > WIDEST[0] || range[1] < WIDEST[1]
      ? `; or ${setNow(RANGE, WIDEST.join(' '))}, with the services' ports in ${RESERVED} first`
      : '';
  return wallAt(NAME, count, {
    current: range.join(' '),
    arithmetic: `${text}; from one source address to one destination address and port`,
    why: 'A connection is told from others by both addresses and both ports; connect() fails with EADDRNOTAVAIL. Accepting takes no port of the range.',
    raise: count >= target ? `Enough for ${group(target)}.` : `${addresses}${wider}.`,
  });
}

/** A client that closes first cannot use the port again for the same destination until TIME_WAIT ends. */
function reconnects({ snapshot }: WallContext, { count, range }: UsablePorts): LimitFinding {
  const reuse = valueIn(factOf(snapshot, 'net.ipv4.tcp_tw_reuse'));
  const stamps = valueIn(factOf(snapshot, 'net.ipv4.tcp_timestamps'));
  const reuses = reuse?.kind === 'integer' && reuse.n === 1n && stamps?.kind === 'integer' && stamps.n !== 0n;
  const seconds = reuses ? 1n : TIME_WAIT_SECONDS;
  return rateAt(RECONNECTS, count / seconds, {
    current: range.join(' '),
    arithmetic: `${group(count)} ports / ${seconds} s${reuses ? ' (tcp_tw_reuse = 1)' : ' in TIME_WAIT'}`,
    why: 'For a client that closes first: a port rests in TIME_WAIT before it serves the same destination again.',
    raise: reuses
      ? 'More source addresses or destination ports.'
      : `Keep connections open, let the server close first, or ${setNow('net.ipv4.tcp_tw_reuse', '1')}.`,
  });
}
