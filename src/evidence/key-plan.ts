/** How a key can be shown to matter: which soak, against which value, or why none can. Pure. */
import type { EvidencePlace } from '../model/evidence.ts';
import type { WorkloadName } from '../model/soak-workload.ts';

/**
 * reserved-ports: outgoing connections fill the range, and services start. syn-flood: clients arrive while SYNs of
 * senders that do not exist fill the queue.
 */
export type Demonstration = 'reserved-ports' | 'syn-flood';

export interface PlannedExperiment {
  readonly place: EvidencePlace;
  readonly workload: WorkloadName;
  readonly connections: number;
  /**
   * The value that guides recommend and the setting guards against; absent: the setting is left out, and what the
   * kernel (or the distribution) has by itself comes back.
   */
  readonly withoutValue?: string;
  /** For a setting that only applies under a condition which `also` makes true: the profile's value, by hand. */
  readonly withValue?: string;
  readonly also?: Readonly<Record<string, string>>;
  /** Absent: every profile that has the key. */
  readonly profiles?: readonly string[];
  /** The figure that the setting is for, by its name in figures.ts: it decides before any other. */
  readonly figure?: string;
  readonly about: string;
  /** A program of scripts/evidence that shows what no soak does. */
  readonly demonstration?: Demonstration;
}

export interface KeyPlan {
  readonly key: string;
  readonly experiments: readonly PlannedExperiment[];
  /** Why no experiment can show it; only where there is none, in some profile at least. */
  readonly unmeasured?: string;
  /** Why it is kept although a soak shows nothing, or harm; said when the verdict comes to that. */
  readonly kept?: string;
}
