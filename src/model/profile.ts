/** Profiles: what is wanted of a host, for a goal. Resolved means: parents merged, formulas still open. */
import type { RelationKind } from './relation.ts';
import type { WorkloadName } from './soak-workload.ts';
import type { Quantity } from './value.ts';

/**
 * A number that may depend on the goal and the machine: a small closed vocabulary, never a script.
 * value = clamp(roundUp(timesGoal × goal + plus), noLessThan, noMoreThan), or a share of RAM in the key's unit.
 */
export type Amount =
  | { readonly kind: 'fixed'; readonly n: Quantity }
  | {
      readonly kind: 'formula';
      /** A decimal such as 1.05, kept as a fraction so that no rounding creeps in. */
      readonly timesGoal: Fraction | null;
      /** A share of usable memory, converted into the key's unit (bytes, pages). */
      readonly shareOfRam: Fraction | null;
      readonly plus: bigint;
      readonly roundUpTo: 'power-of-two' | null;
      readonly noLessThan: Amount | null;
      readonly noMoreThan: Amount | null;
    };

export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** As the profile wrote it, for the arithmetic that is shown: `1.05`, `40%`. */
  readonly text: string;
}

/** A relation whose values are still formulas, words or ports. */
export type Want =
  | { readonly kind: Extract<RelationKind, 'exactly' | 'atLeast' | 'atMost'>; readonly amount: Amount }
  | { readonly kind: 'between'; readonly low: Amount; readonly high: Amount }
  | { readonly kind: 'oneOf'; readonly values: readonly (Amount | string)[] }
  | { readonly kind: 'superset'; readonly ports: string }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, Want>> };

/** The only conditions a setting may have. */
export type Condition = 'conntrack-active' | 'syncookies-off' | 'initial-namespace' | 'systemd';

export const CONDITIONS: readonly Condition[] = [
  'conntrack-active',
  'syncookies-off',
  'initial-namespace',
  'systemd',
];

export interface Setting {
  readonly key: string;
  readonly want: Want;
  /** required: without it the goal is out of reach. recommended: it holds, but worse. */
  readonly level: 'required' | 'recommended';
  readonly when: Condition | null;
  readonly why: string;
  readonly source: string;
  /** The profile (by name) and the file:line that this setting comes from. */
  readonly origin: { readonly profile: string; readonly file: string; readonly line: number };
}

export interface Profile {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Concurrent connections to one server. */
  readonly goal: bigint;
  /** What the connections do in the profile's own soak. */
  readonly workload: WorkloadName;
  /** Names from this profile up to the root of its `extends` chain. */
  readonly lineage: readonly string[];
  readonly file: string;
  readonly settings: readonly Setting[];
}
