/** A snapshot: everything an audit may know about one host at one time. Frozen; taken once, judged many times. */
import type { Fact } from './fact.ts';
import type { Machine } from './machine.ts';

/** One non-blank line of a configuration file, with where it stands. */
export interface ConfigLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface Snapshot {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** `this host`, or the capture file it came from. */
  readonly origin: string;
  readonly machine: Machine;
  readonly facts: ReadonlyMap<string, Fact>;
  /** Every non-comment line of the sysctl.d files and /etc/sysctl.conf that the host carries. */
  readonly configLines: readonly ConfigLine[];
}

export function factOf(snapshot: Snapshot, key: string): Fact | undefined {
  return snapshot.facts.get(key);
}
