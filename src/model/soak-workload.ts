/** What a soak does with its connections once they are up, and what came of it. Plain numbers and strings. */
import type { CallFailure, Percentiles } from './soak-figures.ts';

/**
 * idle: nothing. broadcast: one message to every connection. burst: a tenth closes and comes back at once, while
 * the server does not accept for a second.
 * reconnect: half of the clients close first, which leaves TIME_WAIT, and connect again. slow-readers: one in twenty
 * does not read while the server fills its buffers. gateway: the server opens an upstream connection for each of its
 * clients, and passes on what either says.
 */
export type WorkloadName = 'idle' | 'broadcast' | 'burst' | 'reconnect' | 'slow-readers' | 'gateway';

export const WORKLOADS: readonly WorkloadName[] = [
  'idle',
  'broadcast',
  'burst',
  'reconnect',
  'slow-readers',
  'gateway',
];

/** Connections that a soak opens for each one of its goal: a gateway has an upstream one besides. */
export function connectionsEach(workload: WorkloadName): 1 | 2 {
  return workload === 'gateway' ? 2 : 1;
}

/**
 * How a workload ended: all steps done; a limit made it stop; nothing moved any more; its time was over while it still
 * moved; the soak itself was stopped.
 */
export type WorkloadEnd = 'done' | 'at-limit' | 'stalled' | 'late' | 'halted';

interface WorkloadCommon {
  readonly startMs: number;
  readonly durationMs: number;
  readonly end: WorkloadEnd;
  /** Connections that the workload was about, and those of them that came through it. */
  readonly connections: number;
  readonly completed: number;
  readonly timedOut: number;
  readonly failures: readonly CallFailure[];
  readonly peak: {
    /** Most bytes of queued TCP data on the whole machine (sockstat mem × page size), seen every few milliseconds. */
    readonly queuedBytes: number;
    /** Most sockets in TIME_WAIT in this namespace. */
    readonly timeWait: number;
  };
  /** Counters of TcpExt and Tcp that moved while it ran. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface BroadcastFigures {
  readonly name: 'broadcast';
  readonly messageBytes: number;
  /** Messages that arrived whole, and all bytes that arrived. */
  readonly delivered: number;
  readonly bytes: number;
  /** 10^6 bytes per second, from the first write to the last message read. */
  readonly megabytesPerSecond: number;
  /** Until the server had handed everything to the kernel. */
  readonly sendMs: number;
  /** Writes that the send buffer did not take whole, or not at all (EAGAIN). */
  readonly blockedWrites: number;
}

export interface BurstFigures {
  readonly name: 'burst';
  /**
   * Connections closed, and opened again within the connect timeout, by the clients' count: more than `completed` when
   * the server dropped the last step of a handshake.
   */
  readonly closed: number;
  readonly reopened: number;
  readonly reconnectMs: number;
  readonly connectsPerSecond: number;
  readonly latency: Percentiles;
  /** Arrivals that found the accept queue full, and all that the listener dropped. */
  readonly listenOverflows: number;
  readonly listenDrops: number;
  readonly requestQueueDrops: number;
  readonly syncookiesSent: number;
}

export interface ReconnectFigures {
  readonly name: 'reconnect';
  readonly closed: number;
  readonly reopened: number;
  readonly closeMs: number;
  readonly reconnectMs: number;
  readonly connectsPerSecond: number;
  readonly latency: Percentiles;
  /** Sockets in TIME_WAIT once all were closed. */
  readonly timeWait: number;
  /** TIME_WAIT states left out because tcp_max_tw_buckets was reached. */
  readonly timeWaitSkipped: number;
  /** TIME_WAIT ports taken again before their minute was over (tcp_tw_reuse). */
  readonly timeWaitReused: number;
  /** Connects for which no port was left (EADDRNOTAVAIL); they were tried again for a few seconds. */
  readonly portsMissing: number;
}

export interface SlowReaderFigures {
  readonly name: 'slow-readers';
  /** Bytes that the server could write before every buffer was full, and for one connection. */
  readonly bytes: number;
  readonly bytesPerConnection: number;
  /** Kernel memory for one connection that does not read: growth of sockstat mem. */
  readonly memoryPerConnection: number;
  readonly fillMs: number;
  readonly waitMs: number;
  readonly drainMs: number;
  /** Bytes of queued data on the machine after all had been read, above what there was before. */
  readonly leftBytes: number;
  /** Times that tcp_mem's pressure mark was passed. */
  readonly memoryPressures: number;
}

export interface GatewayFigures {
  readonly name: 'gateway';
  /** Upstream addresses, all with one port: towards each the ports of the gateway's one address are to be had once. */
  readonly upstreams: number;
  /** Upstream connections opened, by the gateway's count, and taken, by the upstreams'. */
  readonly opened: number;
  readonly taken: number;
  readonly openMs: number;
  readonly connectsPerSecond: number;
  readonly latency: Percentiles;
  /** Connects for which no port was left towards that upstream (EADDRNOTAVAIL). */
  readonly portsMissing: number;
}

export type WorkloadFigures =
  | BroadcastFigures
  | BurstFigures
  | ReconnectFigures
  | SlowReaderFigures
  | GatewayFigures;

export type WorkloadReport = WorkloadCommon & WorkloadFigures;
