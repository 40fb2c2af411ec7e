/** What a plan is made from. */
import type { SettingFinding } from '../model/finding.ts';
import type { Plan, Refusal } from '../model/plan.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Tunable } from '../model/tunable.ts';
import type { BootView } from './boot-view.ts';

export interface PlanOptions {
  /** Write down settings that the next boot would give anyway. */
  readonly pin: boolean;
  /** Let a value go down where the profile asks for it. */
  readonly allowLowering: boolean;
  /** Where a later file would win, choose a name that beats it instead of refusing. */
  readonly outrank: boolean;
  /** A service whose own limit is raised too, `nginx` or `nginx.service`. */
  readonly service: string | null;
  /** `files`: for an image (`--root`) or to look at (`--emit`); nothing is asked of this machine. */
  readonly target: 'host' | 'files';
  /** The files are another machine's: what this kernel holds says nothing about it. */
  readonly image: boolean;
}

export const DEFAULT_OPTIONS: PlanOptions = {
  pin: false,
  allowLowering: false,
  outrank: false,
  service: null,
  target: 'host',
  image: false,
};

export interface PlanInput {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  /** The goal in force: the profile's, or the user's. */
  readonly goal: bigint;
  /** All findings of the profile: a line of ours whose key is not among them is dropped from the file. */
  readonly settings: readonly SettingFinding[];
  readonly tunables: ReadonlyMap<string, Tunable>;
  readonly boot: BootView;
  /** Files that are there at paths tune may write to: path → text. */
  readonly existing: ReadonlyMap<string, string>;
  readonly options: PlanOptions;
}

export type PlanResult =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };
