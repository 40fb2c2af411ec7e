/**
 * What an experiment is: a soak with a setting and the same soak without it. The contract between the runner
 * (scripts/evidence/run.mjs) and the two places where it can run.
 *
 * The virtual machine's half is one function in scripts/evidence/vm.mjs:
 *
 *     export async function runInVm(experiments: readonly Experiment[],
 *       { say }: { say: (line: string) => void }): Promise<readonly ExperimentRuns[]>
 *
 * one result for each experiment, in any order; `say` is for progress. An experiment that could not run is a result
 * with `refused`, not an exception: the others' results must not be lost. Its table is vm-experiments.ts, and belongs
 * to whoever writes that half. Pure.
 */
import type { EvidenceComparison, EvidencePlace, Observation } from '../model/evidence.ts';
import type { SoakReport } from '../model/soak.ts';
import type { WorkloadName } from '../model/soak-workload.ts';
import type { Demonstration } from './key-plan.ts';

/** One planned comparison, for one profile. */
export interface Experiment {
  readonly key: string;
  readonly profile: string;
  readonly place: EvidencePlace;
  readonly workload: WorkloadName;
  readonly connections: number;
  readonly comparison: EvidenceComparison;
  /** The value to hold the setting against; null where it is left out and the kernel's own comes back. */
  readonly withoutValue: string | null;
  /** Written by hand on the side with; null where the profile itself does it. */
  readonly withValue: string | null;
  /** Keys set on both sides, so that the setting can be seen at all: a short accept queue, syncookies off. */
  readonly also: Readonly<Record<string, string>>;
  /** What the setting is for here, in a few words; `a tenth arrives at once`. */
  readonly about: string;
  /** The figure that decides before any other; null: whichever moved most. */
  readonly figure: string | null;
  /** Absent: a soak shows it. */
  readonly demonstration?: Demonstration;
  /** What it amounts to when only the side without fails; absent: needed. */
  readonly amountsTo?: 'helps';
}

/** The runs of an experiment, in the order in which they ran: with, without, with, without … */
export interface ExperimentRuns {
  readonly experiment: Experiment;
  /** Of the kernel it ran on: `6.12.48+deb13-cloud-amd64`. */
  readonly kernelRelease: string;
  /** Values in force, read back, in the kernel's text. */
  readonly withValue: string;
  readonly withoutValue: string;
  /** The commands that repeat the two, as a reader would type them. */
  readonly commands: readonly [string, string];
  /** Whole reports of `tune soak`; both empty where `observed` is the evidence. */
  readonly with: readonly SoakReport[];
  readonly without: readonly SoakReport[];
  readonly observed: Observation | null;
  /** Why it could not run; null when it did. */
  readonly refused: string | null;
}
