/** What the coordinator and its workers say to each other over the IPC channel. Small, and rare: never per connection. */
import type { PortSpan } from '../model/value.ts';
import type { EncodedHistogram } from './histogram.ts';

/** Descriptors every worker is started with, by their place in `stdio`. */
export const CHANNEL_FD = 3;
export const LISTENER_FD = 4;
/** The FFI's library, in a single executable only. */
export const LIBRARY_FD = 5;

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
}

export interface ServerSetup {
  readonly type: 'setup';
  readonly role: 'server';
  readonly index: number;
  readonly pageSize: number;
  readonly server: { readonly address: string; readonly port: number };
  /** Sockets to hold at most. */
  readonly capacity: number;
}

export type Order =
  | ClientSetup
  | ServerSetup
  /** Server: take connections from the shared listener. */
  | { readonly type: 'accept' }
  | { readonly type: 'ramp' }
  | { readonly type: 'sweep'; readonly id: number }
  /** Client: end the ramp or sweep that is going on; the tally follows as usual. */
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
  /** Client: connects or echoes so far in this phase; server: connections taken so far. */
  | { readonly type: 'progress'; readonly done: number }
  | { readonly type: 'ramped'; readonly tally: RampTally }
  | { readonly type: 'swept'; readonly tally: EchoTally }
  /** Server: holds its capacity, and takes no more. */
  | { readonly type: 'full'; readonly done: number }
  /** Something failed that will not get better: the ramp should end. */
  | { readonly type: 'trouble'; readonly done: number; readonly failures: readonly Failure[] }
  | { readonly type: 'figures'; readonly figures: WorkerFigures; readonly failures: readonly Failure[] }
  /** The worker itself could not go on; one line. */
  | { readonly type: 'broken'; readonly message: string };
