/** The result of `tune trial`: what a profile's settings did to a soak in a scratch network namespace. Plain JSON. */
import type { KnobOutcome } from './change.ts';
import type { SoakReport } from './soak.ts';

export const TRIAL_SCHEMA_VERSION = 1;

/** A setting that was written in the namespace; values in the kernel's own text. */
export interface TriedSetting {
  readonly key: string;
  /** What the new namespace had: the kernel's default. */
  readonly from: string;
  readonly to: string;
  /** What the kernel made of it; null when it could not be read back. */
  readonly held: string | null;
  readonly outcome: KnobOutcome;
  /** Set by `--set` instead of the profile. */
  readonly byHand: boolean;
  readonly errno: string | null;
}

/**
 * Why a setting was not tried. default-is-fine: the new namespace has it as wanted. left-out: `--without`. host-wide: one
 * value for the whole host, taken as it is. absent: the namespace does not have the key. not-applicable: a condition.
 */
export type UntriedReason = 'default-is-fine' | 'left-out' | 'host-wide' | 'absent' | 'not-applicable';

export interface UntriedSetting {
  readonly key: string;
  readonly why: UntriedReason;
  /** The value that the soak ran with; null when it is not known. */
  readonly value: string | null;
  /** In words; null where nothing is wanted of it. */
  readonly wanted: string | null;
}

/** What a trial runs: a profile, or the kernel's own defaults, with changes. */
export interface TrialSubject {
  /** Null: the kernel's defaults. */
  readonly profile: string | null;
  readonly without: readonly string[];
  readonly set: Readonly<Record<string, string>>;
}

export interface Trial {
  readonly subject: TrialSubject;
  readonly tried: readonly TriedSetting[];
  readonly untried: readonly UntriedSetting[];
  readonly soak: SoakReport;
}

/** One figure of two trials, side by side. */
export interface Difference {
  readonly figure: string;
  readonly unit: string;
  readonly values: readonly [number | null, number | null];
  /** second ÷ first - 1, in percent; null where it says nothing. */
  readonly percent: number | null;
}

export interface TrialReport {
  readonly kind: 'tune-trial';
  readonly schemaVersion: typeof TRIAL_SCHEMA_VERSION;
  /** One, or the two of `--compare`. */
  readonly trials: readonly Trial[];
  /** Empty for one trial. */
  readonly differences: readonly Difference[];
}
