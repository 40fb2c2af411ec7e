/** Facts: what was read from the host, or why it could not be. One bad fact never throws. */
import type { Value } from './value.ts';

/** Where a fact holds: part of its identity, since the same key differs between namespaces and processes. */
export type FactScope = 'host' | 'netns' | 'process' | 'service' | 'manager';

/** Why a key is not there: three different things that need three different remedies, and the honest fourth. */
export type AbsentReason =
  /** Its module is not loaded (nf_conntrack before the first rule). */
  | 'module-not-loaded'
  /** This kernel does not have it: removed, not yet born, or configured out. */
  | 'not-in-this-kernel'
  /** It exists only in the initial network namespace and we are in another one. */
  | 'child-namespace'
  /** The sandbox (gVisor, a stub /proc) does not implement it. */
  | 'sandbox'
  /** The capture does not carry it. */
  | 'not-captured'
  /** Nothing of the kind is configured or running (no such unit, no systemd). */
  | 'not-configured';

export type Reading =
  | { readonly state: 'value'; readonly value: Value }
  | { readonly state: 'absent'; readonly reason: AbsentReason }
  /** `errno` as the kernel gave it: EACCES, EPERM, EIO … */
  | { readonly state: 'denied'; readonly errno: string }
  /** There is text, but it is not a value of this knob's shape. */
  | { readonly state: 'unparsable'; readonly text: string };

export interface Fact {
  /** The tunable's key, e.g. `net.ipv4.tcp_rmem`, `limit.nofile.hard`. */
  readonly key: string;
  readonly scope: FactScope;
  /** The file the reading came from, with the field where the file has several. */
  readonly source: string;
  readonly reading: Reading;
}

/** The value, or null when there is none for whatever reason. */
export function readValue(fact: Fact | undefined): Value | null {
  return fact?.reading.state === 'value' ? fact.reading.value : null;
}

/** The number in an integer or limit fact; null when there is none or it is of another kind. */
export function numberOf(fact: Fact | undefined): bigint | 'unlimited' | null {
  const value = readValue(fact);
  return value?.kind === 'integer' || value?.kind === 'limit' ? value.n : null;
}
