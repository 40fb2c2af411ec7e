/** How a key can be shown to matter: which soak, against which value, or why none can. Pure. */
import type { EvidencePlace } from '../model/evidence.ts';
import type { WorkloadName } from '../model/soak-workload.ts';

/**
 * reserved-ports: outgoing connections fill the range, and services start. syn-flood: clients arrive while SYNs of
 * senders that do not exist fill the queue. vanished-peers: clients are gone, and nobody answers a probe.
 */
export type Demonstration = 'reserved-ports' | 'syn-flood' | 'vanished-peers';

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
  /** The figure that the setting is for, by its name in model/figure-kinds.ts: it decides before any other. */
  readonly figure?: string;
  readonly about: string;
  /** A program of scripts/evidence that shows what no soak does. */
  readonly demonstration?: Demonstration;
  /** What it amounts to when only the side without fails; absent: needed. */
  readonly amountsTo?: 'helps';
}

export interface KeyPlan {
  readonly key: string;
  readonly experiments: readonly PlannedExperiment[];
  /** Why no experiment can show it; only where there is none, in some profile at least. */
  readonly unmeasured?: string;
  /** Why it is kept although a soak shows nothing, or harm; said when the verdict comes to that. */
  readonly kept?: string;
}
