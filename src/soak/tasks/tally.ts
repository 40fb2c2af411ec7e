/** A task's tally with nothing in it, to be filled in. */
import type { TaskTally } from '../wire.ts';

export const NO_LATENCY: TaskTally['latency'] = { pairs: [], max: 0 };

export function tallyOf(parts: Partial<TaskTally>): TaskTally {
  return {
    connections: 0,
    completed: 0,
    bytes: 0,
    blocked: 0,
    timedOut: 0,
    portsSkipped: 0,
    failures: [],
    latency: NO_LATENCY,
    ...parts,
  };
}

/** Work of a client, done in slices. */
export interface Task {
  /** Works until the clock reads `until` (performance.now), once at least; true when it is over. */
  step(until: number): boolean;
  stop(): void;
  /** Connections dealt with so far, and bytes read. */
  done(): number;
  bytes(): number;
  tally(): TaskTally;
}
