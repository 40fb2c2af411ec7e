/** A client reads one message from every connection: in the order it opened them, which is the order they are written in. */
import { EAGAIN, ECONNRESET, POLLIN } from '../constants.ts';
import { countFailures } from '../failures.ts';
import type { Libc } from '../libc.ts';
import { type Task, tallyOf } from './tally.ts';

const READ_BYTES = 65_536;
const POLL_MS = 20;
/** Failures after which it gives up: a pattern shows by then, and each further one costs the patience again. */
const ENOUGH_FAILURES = 32;

/** Of `count` descriptors in `fds`; one that fails is closed and becomes -1. Not a byte beyond the message is read. */
export function createReceive(
  libc: Libc,
  fds: Int32Array,
  count: number,
  messageBytes: number,
  patienceMs: number,
): Task {
  const { poll, read } = libc;
  const buffer = libc.allocate(READ_BYTES);
  const ready = libc.allocate(8);
  const failures = countFailures();
  let at = 0;
  let have = 0;
  let since = performance.now();
  let asked = 0;
  let delivered = 0;
  let bytes = 0;
  let timedOut = 0;
  let stopped = false;

  const next = () => {
    at += 1;
    have = 0;
    since = performance.now();
  };
  const bury = () => {
    libc.close(fds[at] ?? -1);
    fds[at] = -1;
    next();
  };
  /** Takes what the oldest connection has; false when it has nothing yet. */
  const take = (): boolean => {
    const fd = fds[at] ?? -1;
    if (fd < 0) {
      at += 1;
      return true;
    }
    const got = read(fd, buffer.address, Math.min(READ_BYTES, messageBytes - have));
    if (got > 0) {
      bytes += got;
      have += got;
      if (have < messageBytes) return true;
      delivered += 1;
      asked += 1;
      next();
      return true;
    }
    const errno = got === 0 ? ECONNRESET : libc.errno();
    if (errno === EAGAIN) return false;
    failures.add('read', errno);
    asked += 1;
    bury();
    return true;
  };
  const waitForOldest = (until: number) => {
    const now = performance.now();
    if (stopped || now - since > patienceMs) {
      timedOut += 1;
      asked += 1;
      bury();
      return;
    }
    ready.int32[0] = fds[at] ?? -1;
    ready.int32[1] = POLLIN;
    poll(ready.address, 1, Math.min(POLL_MS, Math.max(0, Math.ceil(until - now))));
  };
  const isOver = () => at >= count || failures.total() + timedOut >= ENOUGH_FAILURES;

  return {
    step: (until) => {
      do {
        for (let i = 0; i < 64 && !isOver(); i++) {
          if (take()) continue;
          waitForOldest(until);
          break;
        }
      } while (!isOver() && performance.now() < until);
      return isOver();
    },
    stop: () => {
      stopped = true;
    },
    done: () => delivered,
    bytes: () => bytes,
    tally: () =>
      tallyOf({ connections: asked, completed: delivered, bytes, timedOut, failures: failures.list() }),
  };
}
