/** A rule: knobs together. Pure; it sees the snapshot and the profile, and says what is wrong or what it cannot see. */
import type { BootPrediction, RuleFinding, Unchecked } from './finding.ts';
import type { Profile } from './profile.ts';
import type { Snapshot } from './snapshot.ts';

export interface RuleContext {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  /** The goal in force: the profile's, or the user's --goal. */
  readonly goal: bigint;
  /** What the next boot makes of a key; null where that is not modelled. */
  readonly predict: (key: string) => BootPrediction | null;
}

export interface Rule {
  /** Stable identifier, the file's name. */
  readonly code: string;
  /** Interlock numbers of the design it covers, e.g. `I1`. */
  readonly interlocks: readonly string[];
  readonly title: string;
  /** Keys whose facts it reads; the runner reports the rule as unchecked when one it `requires` is denied or absent. */
  readonly requires: readonly string[];
  readonly sources: readonly string[];
  readonly check: (context: RuleContext) => readonly (RuleFinding | Unchecked)[];
}

export function isUnchecked(result: RuleFinding | Unchecked): result is Unchecked {
  return !('severity' in result);
}
