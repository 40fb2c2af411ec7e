/** What the coordinator and its workers say to each other over the IPC channel. Small, and rare: never per connection. */
import type { WorkloadName } from '../model/soak-workload.ts';
import type { PortSpan } from '../model/value.ts';
import type { EncodedHistogram } from './histogram.ts';

/** Descriptors every worker is started with, by their place in `stdio`. */
export const CHANNEL_FD = 3;
export const LISTENER_FD = 4;
/** The FFI's library, in a single executable only. */
export const LIBRARY_FD = 5;
/** The upstreams' listener, for a gateway that watches how full its queue is. */
export const UPSTREAM_FD = 6;

export interface ClientSetup {
  readonly type: 'setup';
  readonly role: 'client';
  readonly index: number;
  readonly pageSize: number;
  /** Connections this client shall open. */
  readonly goal: number;
  readonly server: { readonly address: string; readonly port: number };
  readonly sources: readonly string[];
  readonly spans: readonly PortSpan[];
  /** Slots of `sources` × `spans` that are this client's own. */
  readonly firstSlot: number;
  readonly slots: number;
  readonly window: number;
  readonly connectTimeoutMs: number;
  readonly echoTimeoutMs: number;
  /** The kernel picks each port when it connects, as for most programs; the addresses are used evenly. */
  readonly picksPorts?: boolean;
}

export interface ServerSetup {
  readonly type: 'setup';
  /** upstream: the same, at the far end of a gateway's connections. */
  readonly role: 'server' | 'upstream';
  readonly index: number;
  readonly pageSize: number;
  readonly server: { readonly address: string; readonly port: number };
  /** Sockets to hold at most. */
  readonly capacity: number;
  /** Other than idle: it keeps a list of its connections. reconnect: it closes in order, so that the client keeps TIME_WAIT. */
  readonly workload: WorkloadName;
}

/** A client's part in a workload, over the connections it holds. */
export type ClientTask =
  /** Reads so many bytes from each; gives one up after `patienceMs` without any. */
  | { readonly kind: 'receive'; readonly bytes: number; readonly patienceMs: number }
  /** Reads whatever comes until it is told to stop. */
  | { readonly kind: 'swallow' }
  /** Closes the first so many. */
  | { readonly kind: 'close'; readonly connections: number }
  /** Opens so many of those that were closed. Not paced: all at once, and tried once. */
  | { readonly kind: 'reopen'; readonly connections: number; readonly isPaced: boolean };

export type ServerTask =
  /** Takes connections again up to its capacity. */
  | { readonly kind: 'accept' }
  /** Takes none until it is told to. */
  | { readonly kind: 'pause' }
  /** Writes a message to each connection. */
  | { readonly kind: 'send'; readonly bytes: number }
  /** Writes to each `every`-th connection until its send buffer is full. */
  | { readonly kind: 'fill'; readonly every: number }
  | LinkTask;

/** Opens an upstream connection for each connection it has, and passes on what either says. */
export interface LinkTask {
  readonly kind: 'link';
  /** Numeric addresses that share the connections evenly, and their one port. */
  readonly upstreams: readonly string[];
  readonly port: number;
  /** The gateway's own address; the kernel picks the ports. */
  readonly from: string;
  readonly window: number;
  readonly connectTimeoutMs: number;
}

/** What came of a task. */
export interface TaskTally {
  /** Connections it was about, and those that came through. */
  readonly connections: number;
  readonly completed: number;
  readonly bytes: number;
  /** Writes that the send buffer did not take whole. */
  readonly blocked: number;
  readonly timedOut: number;
  readonly portsSkipped: number;
  readonly failures: readonly Failure[];
  readonly latency: EncodedHistogram;
}

export type Order =
  | ClientSetup
  | ServerSetup
  /** Server: take connections from the shared listener. */
  | { readonly type: 'accept' }
  | { readonly type: 'ramp' }
  | { readonly type: 'sweep'; readonly id: number }
  | { readonly type: 'task'; readonly task: ClientTask | ServerTask }
  /** End the ramp, sweep or task that is going on; the tally follows as usual. */
  | { readonly type: 'stop' }
  | { readonly type: 'report' }
  | { readonly type: 'exit' };

/** `call` and symbolic errno, with how often. */
export interface Failure {
  readonly call: string;
  readonly errno: string;
  readonly count: number;
}

export interface RampTally {
  readonly attempted: number;
  readonly established: number;
  readonly timedOut: number;
  readonly portsSkipped: number;
  readonly failures: readonly Failure[];
}

export interface EchoTally {
  readonly sent: number;
  readonly answered: number;
  readonly timedOut: number;
  readonly mismatched: number;
  readonly failures: readonly Failure[];
}

export interface WorkerFigures {
  /** Private bytes: what they grew by since the worker was ready, what was given back not set off, and what they are. */
  readonly memory: { readonly grown: number; readonly now: number };
  /** User and system CPU so far, seconds. */
  readonly cpuSeconds: number;
  readonly longestSliceMs: number;
  readonly pacedMs: number;
  readonly connect: EncodedHistogram;
  readonly echo: EncodedHistogram;
  /** Connections this client has from each source address. */
  readonly perSource: readonly (readonly [string, number])[];
}

export type News =
  | { readonly type: 'ready' }
  /**
   * Client: connections dealt with so far in this phase, and bytes read; server: connections taken so far, and closed
   * by the other side.
   */
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly bytes?: number;
      readonly closed?: number;
    }
  | { readonly type: 'ramped'; readonly tally: RampTally }
  | { readonly type: 'swept'; readonly tally: EchoTally }
  | { readonly type: 'tasked'; readonly tally: TaskTally }
  /** Server: holds its capacity, and takes no more. */
  | { readonly type: 'full'; readonly done: number }
  /** Something failed that will not get better: the ramp should end. */
  | { readonly type: 'trouble'; readonly done: number; readonly failures: readonly Failure[] }
  | { readonly type: 'figures'; readonly figures: WorkerFigures; readonly failures: readonly Failure[] }
  /** The worker itself could not go on; one line. */
  | { readonly type: 'broken'; readonly message: string };
