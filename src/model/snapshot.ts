/** A snapshot: everything an audit may know about one host at one time. Frozen; taken once, judged many times. */
import type { Fact } from './fact.ts';
import type { FileTree } from './file-tree.ts';
import type { Machine } from './machine.ts';
import type { Usage } from './usage.ts';

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
  readonly usage: Usage;
  /** The configuration files that decide what the next boot sets. */
  readonly files: FileTree;
  /** Of the keys that those files name, the ones that exist here; directories end in a slash. */
  readonly sysctlKeys: readonly ExistingKey[];
  /** The boot parameters that matter here, from /proc/cmdline. */
  readonly cmdline: string;
  /** Every non-comment line of the sysctl.d files and /etc/sysctl.conf that the host carries. */
  readonly configLines: readonly ConfigLine[];
}

export interface ExistingKey {
  /** Below /proc/sys, `net/ipv4/conf/eth0.100/rp_filter`. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
}

export function factOf(snapshot: Snapshot, key: string): Fact | undefined {
  return snapshot.facts.get(key);
}
