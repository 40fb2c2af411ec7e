/** The result of an audit: what was seen, what was wanted, and every verdict. */
import type { RuleFinding, SettingFinding, Unchecked } from './finding.ts';
import type { Profile } from './profile.ts';
import type { Recommendation } from './recommendation.ts';
import type { Snapshot } from './snapshot.ts';
import type { Walls } from './wall.ts';

export interface Audit {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  readonly goal: bigint;
  readonly settings: readonly SettingFinding[];
  readonly findings: readonly RuleFinding[];
  readonly unchecked: readonly Unchecked[];
  /** At how many connections the host stops, whatever the profile. */
  readonly walls: Walls;
  /** The shipped profile that fits this host; null when one was chosen. */
  readonly recommendation: Recommendation | null;
  /** True when every setting is as wanted and no rule found an error or a warning. */
  readonly asWanted: boolean;
}
