/** What a workload's steps hand over; the rest of the report is the same for all. */

import type { CallFailure } from '../../model/soak-figures.ts';
import type { WorkloadFigures } from '../../model/soak-workload.ts';

export interface Done {
  readonly connections: number;
  readonly completed: number;
  readonly timedOut: number;
  readonly failures: readonly CallFailure[];
  /** Connections that are open no more: closed, and not opened again. */
  readonly lost: number;
  /** Connections that were opened besides those of the clients, and are held; left out: none. */
  readonly besides?: number;
  /** False when bytes may still be under way, so that a sweep would read them instead of its own. */
  readonly isQuiet: boolean;
  /** The figures, once the counters that moved meanwhile are known. */
  readonly figures: (moved: (counter: string) => number) => WorkloadFigures;
}
