/**
 * Evidence: what happens to a soak when one setting of a profile is left out. Plain JSON, and short enough to be read
 * in a diff: docs/evidence/PROFILE.json.
 */
import type { WorkloadName } from './soak-workload.ts';

export const EVIDENCE_SCHEMA_VERSION = 1;

/**
 * needed: without it connections are lost or never come up. helps: a figure is worse without it, by more than the runs
 * differ among themselves. no-effect: none of the figures is. harmful: a figure is better without it. not-measured:
 * no experiment here can show it, and the reason says why.
 */
export type EvidenceVerdict = 'needed' | 'helps' | 'no-effect' | 'harmful' | 'not-measured';

/**
 * left-out: the kernel's (or distribution's) own value instead of the profile's. guarded: the kernel's own value is
 * as wanted already, so the setting is held against a value that guides recommend and that it protects from.
 */
export type EvidenceComparison = 'left-out' | 'guarded';

/** Where it ran: a scratch network namespace of the machine, or a virtual machine of its own. */
export type EvidencePlace = 'namespace' | 'vm';

/** One figure with and without the setting: medians over the runs, and every run's own value. */
export interface EvidenceFigure {
  readonly figure: string;
  readonly unit: string;
  /** Which direction is worse: without this a difference is only a difference. */
  readonly better: 'higher' | 'lower' | 'neither';
  readonly with: readonly number[];
  readonly without: readonly number[];
  /** median without ÷ median with - 1, in percent; null where that says nothing. */
  readonly percent: number | null;
  /** True when every run without lies on one side of every run with, and the medians differ by enough. */
  readonly isReal: boolean;
}

/**
 * What a place other than a soak can show: a login that is refused, a limit that cannot be set. One line for each side,
 * the failing program's own words where there are some.
 */
export interface Observation {
  readonly with: string;
  readonly without: string;
  /** True when something that works with the setting does not work without it. */
  readonly failedWithout: boolean;
}

export interface EvidenceExperiment {
  readonly place: EvidencePlace;
  /**
   * The profile that was in force: another one than the report's where both have the same values for it, or in a
   * machine where the one extends the other: its values are then those of its own goal.
   */
  readonly profile: string;
  /** `6.18.5`, of the kernel it ran on. */
  readonly kernelRelease: string;
  readonly workload: WorkloadName;
  readonly connections: number;
  /** What happens in it that the setting is about: `2,000 arrive at once for a queue of 256`. */
  readonly about: string;
  readonly comparison: EvidenceComparison;
  /** The values that were in force, in the kernel's own text. */
  readonly withValue: string;
  readonly withoutValue: string;
  /** Other keys that were set on both sides, so that the setting can be seen at all. */
  readonly also: Readonly<Record<string, string>>;
  /** The commands that repeat the two, as a reader would type them. */
  readonly commands: readonly [string, string];
  /** How the soaks ended, `passed` or the blamed key, one for each run. */
  readonly ends: { readonly with: readonly string[]; readonly without: readonly string[] };
  /** Held first, then what moved; figures that did not move are left out. */
  readonly figures: readonly EvidenceFigure[];
  /** Null where the soak says it all. */
  readonly observed: Observation | null;
  /** Twelve hex digits over all that the runs depend on: the same digits need no second measurement. */
  readonly inputs: string;
  readonly verdict: Exclude<EvidenceVerdict, 'not-measured'>;
  /** One line with the numbers that decided. */
  readonly reason: string;
}

export interface SettingEvidence {
  readonly key: string;
  /** The strongest of its experiments: needed, harmful, helps, no-effect; not-measured when there is none. */
  readonly verdict: EvidenceVerdict;
  /** One line with the numbers that decided, or why there are none, or why it is kept without an effect. */
  readonly reason: string;
  readonly experiments: readonly EvidenceExperiment[];
}

export interface EvidenceReport {
  readonly kind: 'tune-evidence';
  readonly schemaVersion: typeof EVIDENCE_SCHEMA_VERSION;
  readonly profile: string;
  readonly goal: number;
  /** The day it was measured, `2026-11-24`. */
  readonly measuredOn: string;
  readonly version: string;
  readonly settings: readonly SettingEvidence[];
}
