/** Which shipped profile fits a host, and why. */

/** What a server is for, as far as it decides what its host needs. */
export type Role =
  /** Accepts; its connections are mostly idle. */
  | 'server'
  /** Each client's connection has one of its own to an upstream. */
  | 'gateway'
  /** Sends the same to all of them at once. */
  | 'push';

export interface Recommendation {
  /** Name of a shipped profile. */
  readonly profile: string;
  readonly goal: bigint;
  readonly role: Role;
  /** False when even the smallest profile asks for more than this machine's memory. */
  readonly fits: boolean;
  /** What in the snapshot speaks for the role; empty when nothing speaks for any. */
  readonly hints: readonly string[];
  /** Connections that memory holds, at `bytesEach`. */
  readonly memoryHolds: bigint;
  readonly bytesEach: bigint;
}
