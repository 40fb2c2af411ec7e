/** Findings: what the audit says. A code with typed arguments and no prose; the words live in `report/wording`. */
import type { AbsentReason } from './fact.ts';
import type { Setting } from './profile.ts';
import type { Relation } from './relation.ts';
import type { Value } from './value.ts';

/**
 * Every setting of a profile yields exactly one. absent and denied are never met.
 * `ignored` is what the user asked to leave out: reported, and not counted as met either.
 */
export type Verdict =
  | 'met'
  | 'unmet'
  /** Live it is as wanted, and the next boot undoes it. */
  | 'lost-at-reboot'
  /** Live it is not as wanted yet; the next boot makes it so. */
  | 'pending'
  /** A file asks for what is wanted, and another line wins at the next boot. */
  | 'shadowed'
  | 'absent'
  | 'denied'
  | 'unparsable'
  | 'not-applicable'
  | 'ignored';

/** A line of a file that names a key or a limit. */
export interface Place {
  readonly file: string;
  /** From 1; null for a file as a whole. */
  readonly line: number | null;
}

/** What the next boot makes of a key. */
export interface BootPrediction {
  /** `default`: no file sets it, and the kernel's default is known. `unknown`: no file sets it, and the default is not. */
  readonly by: 'file' | 'cmdline' | 'default' | 'unknown';
  /** Null when it cannot be told. */
  readonly value: Value | null;
  /** The line that wins. */
  readonly at: Place | null;
  /** What `sysctl --system` makes of it, where that is something else; null where it is the same. */
  readonly manual: { readonly value: Value | null; readonly at: Place | null } | null;
  /** Lines that name it and lose, with the value that each would have set, in the order in which they are read. */
  readonly losing: readonly { readonly at: Place; readonly text: string; readonly value: Value | null }[];
  /** Programs that may write it after the boot: `ufw`, `tuned` … */
  readonly later: readonly string[];
  /** The module that brings the key and is loaded after the files were applied; null when that is not so. */
  readonly lateModule: string | null;
}

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
  /** What the next boot makes of it; null where that was not modelled (another namespace, no files). */
  readonly boot: BootPrediction | null;
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
