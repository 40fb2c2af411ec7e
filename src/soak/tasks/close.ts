/** A client closes connections, as the side that closes first. */
import { countFailures } from '../failures.ts';
import type { Libc } from '../libc.ts';
import { type Task, tallyOf } from './tally.ts';

/** The first `count` of `fds`, which become -1. */
export function createClose(libc: Libc, fds: Int32Array, count: number): Task {
  const failures = countFailures();
  let at = 0;
  let asked = 0;
  let closed = 0;
  let stopped = false;

  const closeOne = (fd: number) => {
    asked += 1;
    if (libc.close(fd) < 0) failures.add('close', libc.errno());
    else closed += 1;
    fds[at] = -1;
  };

  return {
    step: (until) => {
      do {
        for (let i = 0; i < 64 && at < count && !stopped; i++, at++) {
          const fd = fds[at] ?? -1;
          if (fd >= 0) closeOne(fd);
        }
      } while (at < count && !stopped && performance.now() < until);
      return at >= count || stopped;
    },
    stop: () => {
      stopped = true;
    },
    done: () => closed,
    bytes: () => 0,
    tally: () => tallyOf({ connections: asked, completed: closed, failures: failures.list() }),
  };
}
