/** A client closes connections, as the side that closes first. */
import { SO_REUSEADDR, SOL_SOCKET } from '../constants.ts';
import { countFailures } from '../failures.ts';
import type { Libc } from '../libc.ts';
import { type Task, tallyOf } from './tally.ts';

/**
 * The first `count` of `fds`, which become -1. With `keepsPorts` the TIME_WAIT that stays lets another socket bind to
 * its port: the kernel copies the option into it.
 */
export function createClose(libc: Libc, fds: Int32Array, count: number, keepsPorts: boolean): Task {
  const one = libc.allocate(4);
  const failures = countFailures();
  let at = 0;
  let asked = 0;
  let closed = 0;
  let stopped = false;
  one.int32[0] = 1;

  const closeOne = (fd: number) => {
    asked += 1;
    if (keepsPorts && libc.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, one.address, 4) < 0) {
      failures.add('setsockopt', libc.errno());
    }
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
