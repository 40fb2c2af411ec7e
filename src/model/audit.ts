/** The result of an audit: what was seen, what was wanted, and every verdict. */
import type { RuleFinding, SettingFinding, Unchecked } from './finding.ts';
import type { Profile } from './profile.ts';
import type { Snapshot } from './snapshot.ts';

export interface Audit {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  readonly goal: bigint;
  readonly settings: readonly SettingFinding[];
  readonly findings: readonly RuleFinding[];
  readonly unchecked: readonly Unchecked[];
  /** True when every setting is as wanted and no rule found an error or a warning. */
  readonly asWanted: boolean;
}
