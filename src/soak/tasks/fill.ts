/** A server writes to some connections until their send buffers are full, for clients that do not read. */
import { EAGAIN } from '../constants.ts';
import { countFailures } from '../failures.ts';
import type { Libc } from '../libc.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { Duty } from './duty.ts';
import { tallyOf } from './tally.ts';

const CHUNK = 65_536;
/** Writes between two looks at the clock. */
const BATCH = 16;
/** One connection may not take more than this, whatever its buffers are: it is read again meanwhile. */
const MOST_BYTES = 64 * 2 ** 20;

/** Each `every`-th connection of the table, counted from the first. */
export function createFill(libc: Libc, table: ConnectionTable, every: number): Duty {
  const { write } = libc;
  const chunk = libc.allocate(CHUNK);
  const failures = countFailures();
  const connections = Math.ceil(table.count() / every);
  let at = -1;
  let seen = 0;
  let written = 0;
  let completed = 0;
  let bytes = 0;
  let blocked = 0;
  let stopped = false;

  const next = () => {
    written = 0;
    at += 1;
    for (; at < table.end(); at++) if (table.has(at) && seen++ % every === 0) return;
  };
  const push = () => {
    const got = write(at, chunk.address, CHUNK);
    if (got > 0) {
      bytes += got;
      written += got;
      if (written < MOST_BYTES) return;
      completed += 1;
    } else {
      const errno = libc.errno();
      if (errno === EAGAIN) {
        blocked += 1;
        completed += 1;
      } else failures.add('write', errno);
    }
    next();
  };
  next();

  return {
    step: (until) => {
      do {
        for (let i = 0; i < BATCH && at < table.end() && !stopped; i++) push();
      } while (at < table.end() && !stopped && performance.now() < until);
      return stopped || at >= table.end();
    },
    isBusy: () => !stopped && at < table.end(),
    writable: () => undefined,
    gone: () => undefined,
    stop: () => {
      stopped = true;
    },
    tally: () => tallyOf({ connections, completed, bytes, blocked, failures: failures.list() }),
  };
}
