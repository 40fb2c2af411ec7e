/** Waiting for workers: until something holds, as long as anything still moves. */

export type Waited = 'done' | 'stalled' | 'halted';

export interface Waiter {
  /** Looks again now; called when news came. */
  poke(): void;
  /**
   * Resolves when `isDone`, when `isHalted`, or when `pulse` (any number that changes while work goes on) has not
   * changed for `stallMs`.
   */
  until(
    isDone: () => boolean,
    isHalted: () => boolean,
    pulse: () => number,
    stallMs: number,
  ): Promise<Waited>;
}

const LOOK_MS = 20;

export function createWaiter(): Waiter {
  let look: (() => void) | null = null;
  return {
    poke: () => look?.(),
    until: (isDone, isHalted, pulse, stallMs) =>
      new Promise((resolve) => {
        let last = pulse();
        let since = performance.now();
        const timer = setInterval(() => look?.(), LOOK_MS);
        const end = (result: Waited) => {
          clearInterval(timer);
          look = null;
          resolve(result);
        };
        look = () => {
          if (isDone()) return end('done');
          if (isHalted()) return end('halted');
          const value = pulse();
          const now = performance.now();
          if (value !== last) {
            last = value;
            since = now;
          } else if (now - since > stallMs) end('stalled');
        };
        look();
      }),
  };
}
