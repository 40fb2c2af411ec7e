/** The figures of a soak's report: what was counted and measured. Plain numbers and strings. */
import type { SoakPhase } from './soak.ts';

export interface SoakStep {
  readonly phase: SoakPhase;
  readonly startMs: number;
  readonly durationMs: number;
}

/** attempted = established + failed + timedOut, exactly. A connect that moved on to the next port is one attempt. */
export interface ConnectTally {
  readonly attempted: number;
  readonly established: number;
  readonly failed: number;
  readonly failedByErrno: Readonly<Record<string, number>>;
  readonly timedOut: number;
  /** Ports passed over because somebody else held them (EADDRINUSE). */
  readonly portsSkipped: number;
  /** What the server processes took out of the accept queue. */
  readonly accepted: number;
}

/** sent = answered + failed + timedOut + mismatched, exactly. */
export interface SweepTally {
  readonly startMs: number;
  readonly durationMs: number;
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
  readonly failedByErrno: Readonly<Record<string, number>>;
  readonly timedOut: number;
  readonly mismatched: number;
  readonly echoesPerSecond: number;
}

/** An errno that one system call met, counted over all processes of one side. */
export interface CallFailure {
  readonly side: 'client' | 'server';
  readonly call: string;
  readonly errno: string;
  readonly count: number;
}

export type CountSource = 'sockstat' | 'snmp.CurrEstab' | 'ss -s' | 'file-nr';

/** What one kernel source says, as the difference to before the ramp. */
export interface KernelCount {
  readonly source: CountSource;
  readonly sockets: number;
  /** sockets / 2: both ends are on this host. */
  readonly connections: number;
  /** Sockets by which this source may differ without disagreeing (other programs, per-CPU batching). */
  readonly tolerance: number;
  readonly agrees: boolean;
}

export interface Agreement {
  /** Established connections by the count of those who opened them; a gateway's upstream ones are in both counts. */
  readonly own: number;
  readonly accepted: number;
  readonly kernel: readonly KernelCount[];
  readonly agrees: boolean;
}

export interface MemoryUse {
  /**
   * Bytes of slab per connection, both ends, without `procEntriesPerConnection`; null when nothing was established, or when
   * the rest of the machine has given back more meanwhile.
   */
  readonly kernelPerConnection: number | null;
  /**
   * Bytes of slab per connection that another program has made by looking at /proc/PID/fd while the soak ran: an inode
   * and a name for each descriptor, reclaimable. null where slabinfo cannot be read.
   */
  readonly procEntriesPerConnection: number | null;
  readonly slab: Readonly<Record<string, number>>;
  /** By how much MemFree fell per connection: coarse, other programs included. */
  readonly freePerConnection: number | null;
  /**
   * Growth of the worker processes' private memory from when they were ready (code compiled) to the end, per
   * connection, each end and both. What they gave back of their start-up memory meanwhile is not set off.
   */
  readonly clientPerConnection: number | null;
  readonly serverPerConnection: number | null;
  readonly processPerConnection: number | null;
  /** Private bytes of all worker processes together at the end. */
  readonly resident: number;
}

/** Microseconds. */
export interface Percentiles {
  readonly samples: number;
  /** One in how many was timed; the maximum is over all. */
  readonly every: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** How fit the generator itself was: without this a rate means nothing. */
export interface GeneratorHealth {
  readonly cpus: number;
  readonly clientCpuSeconds: number;
  readonly serverCpuSeconds: number;
  /** Worker CPU seconds / (ramp seconds × CPUs): near 1 means that the machine was the limit of the rate. */
  readonly cpuShare: number;
  /** Longest time a worker did not look at its orders. */
  readonly longestSliceMs: number;
  /** The coordinator's event-loop delay. */
  readonly loopLagMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Time that clients waited because the accept queue was half full, summed. */
  readonly pacedMs: number;
  /** Share of the run in which some task was stalled, from /proc/pressure; null where the kernel has none. */
  readonly pressure: { readonly cpu: number; readonly memory: number; readonly io: number } | null;
}

export interface TimelinePoint {
  readonly atMs: number;
  readonly established: number;
  readonly sockets: number;
  readonly freeBytes: number;
}
