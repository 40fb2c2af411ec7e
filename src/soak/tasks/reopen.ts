/**
 * A client opens again what it closed, from the same addresses. Paced as in the ramp, and then patient where no port is
 * left; or all at once, tried once.
 */
import { EADDRINUSE, EADDRNOTAVAIL, errnoName } from '../constants.ts';
import { mergeFailures } from '../failures.ts';
import { createHistogram } from '../histogram.ts';
import type { Libc } from '../libc.ts';
import { createRamp, type Ramp } from '../ramp.ts';
import type { ClientSetup, Failure } from '../wire.ts';
import { type Task, tallyOf } from './tally.ts';

const PATIENCE_MS = 5000;
const REST_MS = 200;
const NAP_MS = 10;
/** No listener to watch: the ramp then never waits for room in the accept queue. */
const NO_LISTENER = -1;

/** Into the first places of `fds`, which a close task has emptied. */
export function createReopen(
  libc: Libc,
  setup: ClientSetup,
  listener: number,
  fds: Int32Array,
  count: number,
  isPaced: boolean,
): Task {
  const latency = createHistogram();
  const past: Failure[][] = [];
  let reopened = 0;
  let timedOut = 0;
  let portsSkipped = 0;
  let movedAt = performance.now();
  let restUntil = 0;
  let stopped = false;

  const begin = (): Ramp => {
    const goal = count - reopened;
    const window = isPaced ? setup.window : Math.max(1, goal);
    const part = { ...setup, goal, window };
    return createRamp(libc, part, isPaced ? listener : NO_LISTENER, fds.subarray(reopened), latency);
  };
  let ramp = begin();

  const settle = (): readonly Failure[] => {
    const tally = ramp.tally();
    if (tally.established > 0) movedAt = performance.now();
    reopened += tally.established;
    timedOut += tally.timedOut;
    portsSkipped += tally.portsSkipped;
    past.push([...tally.failures]);
    return tally.failures;
  };
  const lacksPorts = (failures: readonly Failure[]) =>
    failures.length > 0 &&
    failures.every((f) => f.errno === errnoName(EADDRNOTAVAIL) || f.errno === errnoName(EADDRINUSE));

  return {
    step: (until) => {
      if (restUntil > 0) {
        if (performance.now() < restUntil && !stopped) {
          libc.poll(0, 0, NAP_MS);
          return false;
        }
        restUntil = 0;
        ramp = begin();
        if (stopped) ramp.stop();
      }
      if (!ramp.step(until)) return false;
      const failures = settle();
      const isPatient = isPaced && !stopped && performance.now() - movedAt < PATIENCE_MS;
      if (reopened >= count || timedOut > 0 || !lacksPorts(failures) || !isPatient) return true;
      restUntil = performance.now() + REST_MS;
      return false;
    },
    stop: () => {
      stopped = true;
      ramp.stop();
    },
    done: () => reopened + (restUntil > 0 ? 0 : ramp.established()),
    bytes: () => 0,
    tally: () =>
      tallyOf({
        connections: count,
        completed: reopened,
        timedOut,
        portsSkipped,
        failures: mergeFailures(past),
        latency: latency.encode(),
      }),
  };
}
