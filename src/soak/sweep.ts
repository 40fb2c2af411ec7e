/** A client's liveness sweep: every connection sends bytes that only it sends, and compares what comes back. */
import { EAGAIN, ECONNRESET, POLLIN } from './constants.ts';
import { countFailures } from './failures.ts';
import type { Histogram } from './histogram.ts';
import type { Libc } from './libc.ts';
import type { ClientSetup, EchoTally } from './wire.ts';

/** One echo in so many is timed. */
export const ECHO_SAMPLE = 8;
/** Dead connections after which a client ends its sweep: the run has failed, and each further one costs a timeout. */
const ENOUGH_DEAD = 32;
const PAYLOAD = 8;
const POLL_MS = 20;

export interface Sweep {
  /** Works until the clock reads `until`, once at least; true when every connection was asked and answered or failed. */
  step(until: number): boolean;
  stop(): void;
  done(): number;
  tally(): EchoTally;
}

/**
 * Sweeps `count` descriptors of `fds`; those that fail are closed and become -1, so a later sweep leaves them out.
 * `client` and `id` make the payload unique: who, which sweep, and which of its connections.
 */
export function createSweep(
  libc: Libc,
  setup: ClientSetup,
  id: number,
  fds: Int32Array,
  count: number,
  latency: Histogram,
): Sweep {
  const { read, write, poll } = libc;
  const out = libc.allocate(PAYLOAD);
  const back = libc.allocate(PAYLOAD);
  const ready = libc.allocate(PAYLOAD);
  const starts = new Float64Array(setup.window);
  const failures = countFailures();
  const who = (setup.index << 16) | (id & 0xffff);
  // A ring over [tail, head): written and not yet answered, oldest first.
  let head = 0;
  let tail = 0;
  let inFlight = 0;
  let sent = 0;
  let answered = 0;
  let timedOut = 0;
  let mismatched = 0;
  let partial = 0;
  let stopped = false;

  const bury = (at: number) => {
    libc.close(fds[at] ?? -1);
    fds[at] = -1;
  };
  const isEnough = () => stopped || failures.total() + timedOut + mismatched >= ENOUGH_DEAD;

  /** Refilled when half empty, so that both ends work in batches and not in turns. */
  const fill = () => {
    if (head - tail > setup.window / 2) return;
    let now = performance.now();
    while (head < count && head - tail < setup.window && !isEnough()) {
      const fd = fds[head] ?? -1;
      if (fd >= 0) {
        sent += 1;
        out.int32[0] = who;
        out.int32[1] = head;
        if (head % ECHO_SAMPLE === 0) now = performance.now();
        starts[head % setup.window] = now;
        if (write(fd, out.address, PAYLOAD) === PAYLOAD) inFlight += 1;
        else {
          failures.add('write', libc.errno());
          bury(head);
        }
      }
      head += 1;
    }
  };

  /** Takes the oldest answer; false when it is not there yet. */
  const take = (): boolean => {
    const fd = fds[tail] ?? -1;
    if (fd < 0) {
      tail += 1;
      return true;
    }
    const got = read(fd, back.address + partial, PAYLOAD - partial);
    if (got < 0) {
      const errno = libc.errno();
      if (errno === EAGAIN) return false;
      failures.add('read', errno);
      settle(true);
    } else if (got === 0) {
      failures.add('read', ECONNRESET);
      settle(true);
    } else if (partial + got < PAYLOAD) {
      partial += got;
    } else if (back.int32[0] !== who || back.int32[1] !== tail) {
      mismatched += 1;
      settle(true);
    } else {
      answered += 1;
      if (tail % ECHO_SAMPLE === 0) {
        latency.record((performance.now() - (starts[tail % setup.window] ?? 0)) * 1000);
      }
      settle(false);
    }
    return true;
  };
  const settle = (isDead: boolean) => {
    if (isDead) bury(tail);
    tail += 1;
    inFlight -= 1;
    partial = 0;
  };

  const waitForOldest = (until: number) => {
    ready.int32[0] = fds[tail] ?? -1;
    ready.int32[1] = POLLIN;
    const now = performance.now();
    const patience = Math.min(POLL_MS, Math.max(0, Math.ceil(until - now)));
    if (poll(ready.address, 1, patience) > 0) return;
    if (now - (starts[tail % setup.window] ?? 0) < setup.echoTimeoutMs) return;
    timedOut += 1;
    settle(true);
  };

  const over = () => inFlight === 0 && (head >= count || isEnough());

  return {
    step: (until) => {
      do {
        fill();
        while (tail < head) if (!take()) break;
        if (tail < head) waitForOldest(until);
      } while (!over() && performance.now() < until);
      return over();
    },
    stop: () => {
      stopped = true;
    },
    done: () => answered,
    tally: () => ({ sent, answered, timedOut, mismatched, failures: failures.list() }),
  };
}
