/** Findings: what the audit says. A code with typed arguments and no prose; the words live in `report/wording`. */
import type { AbsentReason } from './fact.ts';
import type { Setting } from './profile.ts';
import type { Relation } from './relation.ts';
import type { Value } from './value.ts';

/**
 * Every setting of a profile yields exactly one. absent and denied are never met.
 * `ignored` is what the user asked to leave out: reported, and not counted as met either.
 */
export type Verdict = 'met' | 'unmet' | 'absent' | 'denied' | 'unparsable' | 'not-applicable' | 'ignored';

export interface SettingFinding {
  readonly setting: Setting;
  readonly verdict: Verdict;
  readonly wanted: Relation | null;
  /** How the wanted numbers came about, one line per formula: `1.05 × 1,000,000 + 1,000 → 2,097,152`. */
  readonly arithmetic: readonly string[];
  readonly live: Value | null;
  /** The nearest value that would be as wanted; null when there is nothing to set. */
  readonly remedy: Value | null;
  readonly absent: AbsentReason | null;
  /** Why a setting does not apply here, why it could not be read, or what the text was. */
  readonly detail: string | null;
}

export type Severity = 'error' | 'warning' | 'info';

/** A finding of a rule: several knobs together, or a file. */
export interface RuleFinding {
  /** Stable identifier, `nofile-above-nr-open`. */
  readonly code: string;
  readonly severity: Severity;
  /** The key, file:line or listener it is about. */
  readonly subject: string;
  /** One sentence: what is. */
  readonly what: string;
  /** One sentence: what to do, with the exact command or line where there is one. */
  readonly remedy: string;
}

/** What a rule could not look at, so that silence is never taken for health. */
export interface Unchecked {
  readonly code: string;
  readonly why: string;
}
