/** A server's part in a workload, done between its other events. */
import type { TaskTally } from '../wire.ts';

export interface Duty {
  /** Works until the clock reads `until`; true when it is over. */
  step(until: number): boolean;
  /** False while it only waits for descriptors to become writable. */
  isBusy(): boolean;
  /** The descriptor takes bytes again. */
  writable(fd: number): void;
  /** The other end has closed it. */
  gone(fd: number): void;
  stop(): void;
  tally(): TaskTally;
}
