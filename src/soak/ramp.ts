/** A client's ramp: a window of connects in flight, harvested by poll(2), every outcome counted once. */

import { roomIn, watchAcceptQueue } from './accept-queue.ts';
import { POLLERR, POLLHUP, POLLNVAL, POLLOUT, SO_ERROR, SOL_SOCKET } from './constants.ts';
import { createDialer } from './dialer.ts';
import { countFailures } from './failures.ts';
import type { Histogram } from './histogram.ts';
import type { Libc } from './libc.ts';
import type { ClientSetup, RampTally } from './wire.ts';

/** One connect in so many is timed by itself; timing all would cost a clock and a system call each. */
export const CONNECT_SAMPLE = 16;
/** Failures after which a client ends its ramp: enough to show a pattern. */
const ENOUGH_FAILURES = 32;
/** A client waits so long for the server to take connections; then it presses on and the kernel itself answers. */
const PATIENCE_MS = 1000;
const NAP_MS = 1;
const POLL_MS = 20;
const TIMEOUT_CHECK_MS = 50;

export interface Ramp {
  /** Works until the clock reads `until` (performance.now), once at least; true when the ramp is over. */
  step(until: number): boolean;
  stop(): void;
  established(): number;
  tally(): RampTally;
  pacedMs(): number;
  perSource(): readonly (readonly [string, number])[];
}

/** Established descriptors are written to `fds`, in order, from 0. */
export function createRamp(
  libc: Libc,
  setup: ClientSetup,
  listener: number,
  fds: Int32Array,
  latency: Histogram,
): Ramp {
  const { poll } = libc;
  const polls = libc.allocate(setup.window * 8);
  const words = polls.int32;
  const starts = new Float64Array(setup.window);
  const sampled = new Uint8Array(setup.window);
  const origins = new Int32Array(setup.window);
  const perSource = new Int32Array(setup.sources.length);
  const result = libc.allocate(4);
  const length = libc.allocate(4);
  const failures = countFailures();
  const dialer = createDialer(libc, setup, failures);
  const queue = watchAcceptQueue(libc, listener);
  let pending = 0;
  let attempted = 0;
  let established = 0;
  let timedOut = 0;
  let paced = 0;
  let waitingSince = 0;
  let lookedForOld = 0;
  let stopped = false;

  const settle = (at: number, now: number) => {
    const fd = words[2 * at] ?? -1;
    const seen = (words[2 * at + 1] ?? 0) >>> 16;
    const micros = (now - (starts[at] ?? now)) * 1000;
    const origin = origins[at] ?? 0;
    const isSample = sampled[at] === 1;
    pending -= 1;
    words[2 * at] = words[2 * pending] ?? -1;
    words[2 * at + 1] = words[2 * pending + 1] ?? 0;
    starts[at] = starts[pending] ?? 0;
    sampled[at] = sampled[pending] ?? 0;
    origins[at] = origins[pending] ?? 0;
    if ((seen & (POLLERR | POLLHUP | POLLNVAL)) !== 0) {
      failures.add('connect', pendingError(fd));
      libc.close(fd);
    } else if (seen === 0) {
      timedOut += 1;
      libc.close(fd);
    } else {
      fds[established] = fd;
      established += 1;
      perSource[origin] = (perSource[origin] ?? 0) + 1;
      if (isSample) latency.record(micros);
      else latency.see(micros);
    }
  };
  const pendingError = (fd: number): number => {
    length.int32[0] = 4;
    const failed = libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, result.address, length.address) < 0;
    return failed ? libc.errno() : (result.int32[0] ?? 0);
  };

  /** Starts up to `burst` connects; the sampled ones are looked at right away. */
  const dialBurst = (burst: number) => {
    let now = performance.now();
    for (let i = 0; i < burst && failures.total() + timedOut < ENOUGH_FAILURES; i++) {
      const isSample = attempted % CONNECT_SAMPLE === 0;
      attempted += 1;
      if (isSample) now = performance.now();
      const fd = dialer.dial();
      if (fd < 0) continue;
      words[2 * pending] = fd;
      words[2 * pending + 1] = POLLOUT;
      starts[pending] = now;
      sampled[pending] = isSample ? 1 : 0;
      origins[pending] = dialer.source();
      pending += 1;
      if (isSample && poll(polls.address + 8 * (pending - 1), 1, 0) > 0) {
        settle(pending - 1, performance.now());
      }
    }
  };

  const harvest = (timeoutMs: number) => {
    let ready = poll(polls.address, pending, timeoutMs);
    const now = performance.now();
    const isLookingForOld = now - lookedForOld > TIMEOUT_CHECK_MS;
    for (let at = pending - 1; at >= 0; at--) {
      const isReady = (words[2 * at + 1] ?? 0) >>> 16 !== 0;
      if (isReady || now - (starts[at] ?? now) > setup.connectTimeoutMs) settle(at, now);
      if (isReady) ready -= 1;
      if (ready <= 0 && !isLookingForOld) break;
    }
    if (isLookingForOld) lookedForOld = now;
  };

  /** How many connects may start now, by window, goal and the server's accept queue. */
  const allowance = (): number => {
    const wanted = Math.min(setup.window - pending, setup.goal - attempted);
    // Refilled when half empty: a poll looks at the whole window, so single refills would cost a poll each.
    if (wanted <= 0 || pending > setup.window / 2) return 0;
    const room = roomIn(queue());
    const now = performance.now();
    if (room > 0) {
      if (waitingSince > 0) paced += now - waitingSince;
      waitingSince = 0;
      return Math.min(wanted, room);
    }
    if (waitingSince === 0) waitingSince = now;
    if (now - waitingSince < PATIENCE_MS) return 0;
    paced += now - waitingSince;
    waitingSince = 0;
    return wanted;
  };

  const over = () =>
    pending === 0 && (stopped || attempted >= setup.goal || failures.total() + timedOut >= ENOUGH_FAILURES);

  return {
    step: (until) => {
      do {
        const burst = stopped ? 0 : allowance();
        if (burst > 0) dialBurst(burst);
        const rest = Math.max(0, Math.ceil(until - performance.now()));
        if (pending > 0) harvest(burst > 0 ? 0 : Math.min(rest, waitingSince > 0 ? NAP_MS : POLL_MS));
        else if (burst === 0) poll(0, 0, Math.min(rest, NAP_MS));
      } while (!over() && performance.now() < until);
      return over();
    },
    stop: () => {
      stopped = true;
    },
    established: () => established,
    tally: () => ({
      attempted,
      established,
      timedOut,
      portsSkipped: dialer.portsSkipped(),
      failures: failures.list(),
    }),
    pacedMs: () => paced,
    perSource: () =>
      setup.sources.map((name, at) => [name, perSource[at] ?? 0] as const).filter(([, n]) => n > 0),
  };
}
