/** Limits of ports, queues and buffers: rows of the blame table. Sources: ip-sysctl.rst, the kernel paths named in the rows. */
import type { Blame, CallFailure } from '../model/soak.ts';
import { CLOSING_ROWS } from './blame-closing.ts';
import {
  type BlameRow,
  type Evidence,
  find,
  isNearly,
  isShortOfTime,
  moved,
  nextPower,
  onHost,
  onMachine,
  say,
  text,
} from './evidence.ts';
import { stoppedAtPressure } from './tcp-pressure.ts';

export const NETWORK_ROWS: readonly BlameRow[] = [
  ...CLOSING_ROWS,
  {
    code: 'ports-exhausted',
    limit: 'local ports',
    judges: onHost,
    proof: { test: 'faults: a narrow port range and one source address' },
    match: (e) => {
      const failures = [...find(e, 'EADDRNOTAVAIL'), ...find(e, 'EADDRINUSE', ['bind'])];
      const gateway = gatewayPorts(e, failures);
      if (gateway !== null) return gateway;
      if (failures.length === 0) return null;
      const { portRange, sources, portsPerSource } = e.plan;
      const width = portRange.high - portRange.low + 1;
      // A port in TIME_WAIT is taken for a minute, so what closed and came back needs two.
      const wanted = e.goal + Math.min(e.peak.timeWait, e.goal);
      const perSource = Math.ceil(wanted / sources.count) + width - portsPerSource;
      return {
        key: 'net.ipv4.ip_local_port_range',
        current: `${portRange.low} ${portRange.high}`,
        // The widest range has 64,512 ports; beyond that only more source addresses help.
        needed: perSource <= 65535 - 1023 ? `${Math.min(portRange.low, 65536 - perSource)} 65535` : null,
        evidence: [
          ...say(failures),
          `${sources.count} source × ${portsPerSource} ports = ${e.plan.capacity} connections to one server address`,
          ...(e.after.sockets === null
            ? []
            : [`sockets in TIME_WAIT: ${Math.max(e.peak.timeWait, e.after.sockets.timeWait)}`]),
        ],
      };
    },
  },
  {
    code: 'conntrack-full',
    limit: 'tracked connections',
    judges: onHost,
    proof: { test: 'faults: a full table of tracked connections' },
    match: (e) => {
      const max = e.net.conntrackMax;
      if (e.timedOut + find(e, 'EPERM', ['connect']).length === 0 || !isNearly(e.peak.conntrack, max))
        return null;
      return {
        key: 'net.netfilter.nf_conntrack_max',
        current: text(max),
        needed: text(Math.ceil(1.5 * e.goal)),
        evidence: [
          `${e.timedOut} connects timed out`,
          `nf_conntrack_count reached ${e.peak.conntrack} of ${max}`,
        ],
      };
    },
  },
  {
    code: 'tcp-memory',
    limit: 'pages for queued TCP data',
    judges: onHost,
    proof: { test: 'vm/walls: net.ipv4.tcp_mem: readers that do not read make the soak blame it' },
    match: (e) => {
      const late = e.timedOut + (e.workload?.timedOut ?? 0);
      const pressed = stoppedAtPressure(e);
      if (pressed !== null) return pressed;
      const now = e.machine.tcpMem ?? [0, 0, 0];
      const high = now[2];
      const aborted = moved(e, 'TcpExt.TCPAbortOnMemory');
      const isFull = e.machine.tcpMem !== null && isNearly(e.peak.tcpPages, high);
      if (!isFull && aborted <= 0) return null;
      if (find(e, 'ENOMEM').length + find(e, 'ENOBUFS').length + find(e, 'ECONNRESET').length + late === 0)
        return null;
      return {
        key: 'net.ipv4.tcp_mem',
        current: e.machine.tcpMem?.join(' ') ?? null,
        // A page for each socket with one byte queued, and at least twice what was not enough.
        needed: [0.75, 1, 1.5].map((f, i) => Math.max(2 * (now[i] ?? 0), Math.ceil(f * e.goal))).join(' '),
        evidence: [
          `sockstat mem reached ${e.peak.tcpPages} pages of ${high}`,
          `TCPAbortOnMemory rose by ${aborted}`,
        ],
      };
    },
  },
  {
    code: 'reset-on-overflow',
    limit: 'accept queue, answered with a reset',
    judges: onHost,
    proof: { unproven: 'the reset needs the last ACK to meet a full queue, which one machine cannot time' },
    match: (e) => {
      const resets = find(e, 'ECONNRESET', ['connect']);
      if (resets.length === 0 || e.net.abortOnOverflow !== 1 || moved(e, 'TcpExt.ListenOverflows') <= 0)
        return null;
      return {
        key: 'net.ipv4.tcp_abort_on_overflow',
        current: '1',
        needed: '0',
        evidence: [...say(resets), `ListenOverflows rose by ${moved(e, 'TcpExt.ListenOverflows')}`],
      };
    },
  },
  {
    code: 'accept-queue-overflow',
    limit: 'accept queue of the listener',
    judges: onHost,
    proof: { test: 'faults: a short accept queue and a server that does not accept' },
    match: (e) => {
      const overflows = moved(e, 'TcpExt.ListenOverflows');
      const halfOpen = halfOpened(e);
      if (e.timedOut + halfOpen === 0 || overflows <= 0) return null;
      const now = e.net.somaxconn;
      return {
        key: 'net.core.somaxconn',
        current: text(now),
        needed: text(Math.max(4096, nextPower(2 * (now ?? 0)))),
        evidence: [
          `${e.timedOut} connects timed out`,
          ...(halfOpen > 0 ? [`${halfOpen} connections are open for the client alone`] : []),
          `ListenOverflows rose by ${overflows}, ListenDrops by ${moved(e, 'TcpExt.ListenDrops')}`,
        ],
      };
    },
  },
  {
    code: 'syn-queue-drop',
    limit: 'queue of half-open connections',
    judges: onHost,
    proof: { unproven: 'on loopback the handshake ends within connect(2), so the SYN queue never fills' },
    match: (e) => {
      const dropped = moved(e, 'TcpExt.TCPReqQFullDrop');
      if (e.timedOut === 0 || dropped <= 0) return null;
      // tcp_max_syn_backlog is only looked at while syncookies are off (tcp_conn_request).
      const isOff = e.net.syncookies === 0;
      return {
        key: isOff ? 'net.ipv4.tcp_syncookies' : 'net.core.somaxconn',
        current: text(isOff ? 0 : e.net.somaxconn),
        needed: isOff ? '1' : text(Math.max(4096, nextPower(2 * (e.net.somaxconn ?? 0)))),
        evidence: [`${e.timedOut} connects timed out`, `TCPReqQFullDrop rose by ${dropped}`],
      };
    },
  },
  {
    code: 'not-permitted',
    limit: 'permission to connect',
    judges: onHost,
    proof: { test: 'faults: an address that routing forbids' },
    match: (e) => {
      const failures = [...find(e, 'EPERM'), ...find(e, 'EACCES')];
      if (failures.length === 0) return null;
      return {
        key: 'firewall or security module',
        current: null,
        needed: null,
        evidence: say(failures),
      };
    },
  },
  {
    code: 'socket-buffers',
    limit: 'socket buffer memory',
    judges: onMachine,
    proof: { unproven: 'ENOBUFS from connect needs a failing kernel allocation' },
    match: (e) => allocation(e, 'ENOBUFS'),
  },
  {
    code: 'kernel-allocation',
    limit: 'kernel memory',
    judges: onMachine,
    proof: { unproven: 'ENOMEM outside a memory cgroup needs a failing kernel allocation' },
    match: (e) => allocation(e, 'ENOMEM') ?? allocation(e, 'ENFILE'),
  },
];

/**
 * A gateway's upstream connections: no port left towards an upstream, or so few that the kernel's search for one takes
 * longer than the soak waits. It looks at every second port first (inet_hash_connect), so that begins at half.
 */
function gatewayPorts(e: Evidence, failures: readonly CallFailure[]): Omit<Blame, 'code' | 'limit'> | null {
  const { upstream, portRange, portsPerSource } = e.plan;
  if (upstream === null || e.workload?.name !== 'gateway') return null;
  const { opened, connectsPerSecond } = e.workload;
  const isSearching = isShortOfTime(e.workload) && opened / upstream.count > portsPerSource / 2;
  if (failures.length === 0 && !isSearching) return null;
  const width = portRange.high - portRange.low + 1;
  // Twice what is wanted, where there is that much: then no search goes beyond every second port.
  const wanted = Math.ceil(e.goal / upstream.count) + width - portsPerSource;
  const most = 65535 - 1023;
  return {
    key: 'net.ipv4.ip_local_port_range',
    current: `${portRange.low} ${portRange.high}`,
    needed: wanted <= most ? `${Math.min(portRange.low, 65536 - Math.min(most, 2 * wanted))} 65535` : null,
    evidence: [
      ...say(failures),
      `1 address of the gateway × ${portsPerSource} ports × ${upstream.count} upstream addresses = ${upstream.count * portsPerSource} upstream connections`,
      `${opened} of ${e.goal} were opened, ${connectsPerSecond} a second`,
    ],
  };
}

/** Connections of a workload that the server never took: the last step of their handshake was dropped. */
function halfOpened({ workload }: Evidence): number {
  if (workload?.name !== 'burst' && workload?.name !== 'reconnect') return 0;
  return workload.reopened - workload.completed;
}

function allocation(e: Evidence, errno: string): Omit<Blame, 'code' | 'limit'> | null {
  const failures = find(e, errno);
  if (failures.length === 0) return null;
  return {
    key: 'RAM',
    current: text(e.after.memory.total),
    needed: null,
    evidence: [...say(failures), `MemAvailable ${e.after.memory.available} bytes, of which sockets pin some`],
  };
}
