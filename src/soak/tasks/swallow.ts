/** A client reads whatever its connections have, until it is told that this was all. */
import { EAGAIN, ECONNRESET } from '../constants.ts';
import { countFailures } from '../failures.ts';
import type { Libc } from '../libc.ts';
import { type Task, tallyOf } from './tally.ts';

const READ_BYTES = 65_536;
const NAP_MS = 1;

/** Of `count` descriptors in `fds`; after one look at all, only those that had something are looked at again. */
export function createSwallow(libc: Libc, fds: Int32Array, count: number): Task {
  const { poll, read } = libc;
  const buffer = libc.allocate(READ_BYTES);
  const failures = countFailures();
  const talkers: number[] = [];
  let at = 0;
  let isFirstLook = true;
  let moved = false;
  let bytes = 0;
  let stopped = false;

  /** True when the connection had something. */
  const drain = (place: number): boolean => {
    const fd = fds[place] ?? -1;
    if (fd < 0) return false;
    const before = bytes;
    for (;;) {
      const got = read(fd, buffer.address, READ_BYTES);
      if (got > 0) {
        bytes += got;
        if (got === READ_BYTES) continue;
      } else if (got === 0 || libc.errno() !== EAGAIN) {
        failures.add('read', got === 0 ? ECONNRESET : libc.errno());
        libc.close(fd);
        fds[place] = -1;
      }
      return bytes > before;
    }
  };
  const advance = () => {
    if (isFirstLook) {
      if (drain(at)) talkers.push(at);
    } else if (drain(talkers[at] ?? -1)) moved = true;
    at += 1;
    if (at < (isFirstLook ? count : talkers.length)) return;
    // A pass that brought nothing: the other side has more to send, or nothing at all.
    if (!isFirstLook && !moved) poll(0, 0, NAP_MS);
    isFirstLook = false;
    moved = false;
    at = 0;
  };

  return {
    step: (until) => {
      do {
        for (let i = 0; i < 16 && !stopped; i++) advance();
      } while (!stopped && performance.now() < until);
      return stopped;
    },
    stop: () => {
      stopped = true;
    },
    done: () => talkers.length,
    bytes: () => bytes,
    tally: () =>
      tallyOf({
        connections: talkers.length,
        completed: talkers.length - failures.total(),
        bytes,
        failures: failures.list(),
      }),
  };
}
