/**
 * The soak's report: what was asked, what was done, what the kernel counted, and what that proves.
 * Plain numbers (all far below 2^53) and strings, so that it is JSON as it stands.
 */
import type {
  Agreement,
  CallFailure,
  ConnectTally,
  GeneratorHealth,
  MemoryUse,
  Percentiles,
  SoakStep,
  SweepTally,
  TimelinePoint,
} from './soak-figures.ts';
import type { WorkloadName, WorkloadReport } from './soak-workload.ts';

export type * from './soak-figures.ts';
export type * from './soak-workload.ts';

/** strict: one server process holds every socket. spread: as many as the hard nofile limit demands. */
export type SoakMode = 'strict' | 'spread';
/** upstream: the far end of a gateway's connections. */
export type WorkerRole = 'client' | 'server' | 'upstream';
export type SoakPhase = 'prepare' | 'ramp' | 'workload' | 'hold' | 'sweep' | 'drain';

/** Times in milliseconds unless the name says otherwise. */
export interface SoakOptions {
  /** Connections wanted; each is two sockets on one host. */
  readonly goal: number;
  readonly mode: SoakMode;
  /** A network namespace of its own: nothing on the host sees the traffic, and its net.* values are the defaults. */
  readonly namespace: boolean;
  readonly family: 4 | 6;
  /** The one server address; must be an address of this machine. */
  readonly address: string;
  /** 0: the kernel chooses a free one. */
  readonly port: number;
  /** Most source addresses the clients may use; null: as many as the goal needs. */
  readonly maxSources: number | null;
  readonly holdMs: number;
  /** Every socket is swept once after the ramp, and again each time this passes during the hold. */
  readonly sweepEveryMs: number;
  /** What the connections do between the first sweep and the hold. */
  readonly workload: WorkloadName;
  /** Size of the broadcast's message. */
  readonly messageBytes: number;
  readonly connectTimeoutMs: number;
  readonly echoTimeoutMs: number;
  /** Longest time in which nothing at all may happen in a phase before the soak gives up on it. */
  readonly stallMs: number;
  /** Client processes that work at the same moment; null: chosen from the number of CPUs. */
  readonly parallel: number | null;
  /** Connects (and echoes) in flight per client. */
  readonly window: number;
  /** Listen backlog asked for; the kernel lowers it to somaxconn. */
  readonly backlog: number;
  /** Where among the source addresses to begin, so that two runs in a row do not meet. */
  readonly seed: number;
  /** Go on although the memory or address arithmetic says no. */
  readonly force: boolean;
}

export interface SoakPlan {
  readonly server: { readonly address: string; readonly port: number };
  readonly portRange: { readonly low: number; readonly high: number };
  /** Ports of the range left out because they are reserved or somebody listens on them. */
  readonly portsReserved: number;
  readonly portsListening: number;
  /** Ports that one source address offers towards one server ip:port. */
  readonly portsPerSource: number;
  readonly sources: { readonly first: string; readonly last: string; readonly count: number };
  /** Connections that the addresses allow, spare ports included. */
  readonly capacity: number;
  readonly clients: number;
  readonly servers: number;
  /** Where a gateway's upstream connections lead, and the processes that take them; null for every other workload. */
  readonly upstream: UpstreamPlan | null;
  /** Sockets one process may hold: hard nofile less what the process itself needs. */
  readonly socketsPerProcess: number;
  readonly parallel: number;
  readonly memory: MemoryEstimate;
}

export interface UpstreamPlan {
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly port: number;
  readonly processes: number;
}

/** The arithmetic behind the guard, in bytes. */
export interface MemoryEstimate {
  readonly kernelPerConnection: number;
  /** `slabinfo`: sizes read from this kernel; `table`: this tool's own. */
  readonly basis: 'slabinfo' | 'table';
  readonly kernel: number;
  readonly processes: number;
  readonly needed: number;
  readonly memAvailable: number;
  /** Bytes of open sockets' inodes and dentries that MemAvailable counts as reclaimable although they are not. */
  readonly overstated: number;
  /** Bytes left in the tightest memory cgroup; null when none limits. */
  readonly cgroupFree: number | null;
  /** min(memAvailable - overstated, cgroupFree). */
  readonly free: number;
  /** The ramp stops when less than this is really free. */
  readonly floor: number;
}

export type BlameCode =
  | 'process-files'
  | 'file-number-ceiling'
  | 'system-files'
  | 'ports-exhausted'
  | 'time-wait-kept'
  | 'accept-queue-overflow'
  | 'syn-queue-drop'
  | 'conntrack-full'
  | 'tcp-memory'
  | 'socket-buffers'
  | 'epoll-watches'
  | 'tasks-cgroup'
  | 'tasks-system'
  | 'memory-cgroup'
  | 'memory-machine'
  | 'kernel-allocation'
  | 'not-permitted'
  | 'reset-on-overflow';

export interface Blame {
  readonly code: BlameCode;
  /** The limit in the field's words: `open files per process`. */
  readonly limit: string;
  /** The one key to change: `limit.nofile.hard`, `net.core.somaxconn`, `memory.max` … */
  readonly key: string;
  /** Values in the key's own unit; null when they cannot be known. */
  readonly current: string | null;
  readonly needed: string | null;
  /** Each a fact with its number: `accept4: EMFILE × 12 in a server process`. */
  readonly evidence: readonly string[];
}

export type InconclusiveReason =
  | 'interrupted'
  | 'memory-floor'
  | 'generator-limit'
  | 'machine-limit'
  | 'worker-killed'
  | 'worker-crashed'
  | 'stalled'
  | 'workload-late'
  | 'unexplained';

export type SoakVerdict =
  | { readonly state: 'passed' }
  | {
      readonly state: 'failed';
      readonly reason: 'limit' | 'workload-incomplete' | 'dead-connections' | 'counts-disagree';
      readonly blame: Blame | null;
    }
  | { readonly state: 'inconclusive'; readonly reason: InconclusiveReason; readonly blame: Blame | null };

export type ProvenCode =
  | 'connections-held'
  | 'every-socket-echoed'
  | 'workload-done'
  | 'kernel-agrees'
  | 'held-for-duration'
  | 'beyond-64k-to-one-endpoint'
  | 'nofile-of-one-process';

export type NotProvenCode =
  | 'nofile-of-one-process'
  | 'host-net-settings'
  | 'network-path'
  | 'conntrack'
  | 'other-address-family'
  | 'long-hold'
  | 'application-memory'
  | 'survives-reboot';

/** A sentence as a code with its numbers; the words live in `report/`. */
export interface Claim<Code extends string> {
  readonly code: Code;
  readonly args: Readonly<Record<string, string | number>>;
}

export interface WorkerEnd {
  readonly role: WorkerRole;
  readonly index: number;
  readonly pid: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface SoakReport {
  readonly schemaVersion: 1;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly kernelRelease: string;
  readonly options: SoakOptions;
  readonly plan: SoakPlan;
  readonly verdict: SoakVerdict;
  /** Connections alive by the last full sweep. */
  readonly held: number;
  readonly heldMs: number;
  readonly phases: readonly SoakStep[];
  readonly connects: ConnectTally;
  readonly sweeps: readonly SweepTally[];
  readonly failures: readonly CallFailure[];
  readonly agreement: Agreement;
  /** Most connections that one client address had at once to the one server ip:port. */
  readonly perAddress: { readonly address: string; readonly connections: number };
  readonly rates: { readonly connectsPerSecond: number; readonly echoesPerSecond: number };
  readonly latency: { readonly connect: Percentiles; readonly echo: Percentiles };
  /** null for an idle soak, and when the soak was stopped before it. */
  readonly workload: WorkloadReport | null;
  readonly memory: MemoryUse;
  /** Counters of TcpExt and Tcp that moved, /proc/net/netstat and snmp. */
  readonly counters: Readonly<Record<string, number>>;
  readonly generator: GeneratorHealth;
  readonly timeline: readonly TimelinePoint[];
  readonly proven: readonly Claim<ProvenCode>[];
  readonly notProven: readonly Claim<NotProvenCode>[];
  /** Workers that ended before they were told to. */
  readonly lostWorkers: readonly WorkerEnd[];
  /** What was left when all workers had gone. */
  readonly leftover: { readonly sockets: number; readonly timeWait: number };
}
