/** A server writes one message to every connection, as fast as the kernel takes it. */
import { EAGAIN } from '../constants.ts';
import { countFailures } from '../failures.ts';
import type { Libc } from '../libc.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { Duty } from './duty.ts';
import { tallyOf } from './tally.ts';

/** Writes between two looks at the clock. */
const BATCH = 32;

/** `watch` turns the wait for a writable descriptor on or off. */
export function createSend(
  libc: Libc,
  table: ConnectionTable,
  messageBytes: number,
  watch: (fd: number, on: boolean) => void,
): Duty {
  const { write } = libc;
  const message = libc.allocate(messageBytes);
  const failures = countFailures();
  const connections = table.count();
  let at = 0;
  let waiting = 0;
  let completed = 0;
  let bytes = 0;
  let blocked = 0;
  let stopped = false;

  /** Writes what is left; returns what is left then, 0 after an error too. */
  const push = (fd: number, left: number): number => {
    const got = write(fd, message.address + messageBytes - left, left);
    if (got >= 0) {
      bytes += got;
      if (got === left) completed += 1;
      else blocked += 1;
      return left - got;
    }
    const errno = libc.errno();
    if (errno === EAGAIN) {
      blocked += 1;
      return left;
    }
    failures.add('write', errno);
    return 0;
  };
  const begin = (fd: number) => {
    const left = push(fd, messageBytes);
    if (left === 0) return;
    table.setLeft(fd, left);
    waiting += 1;
    watch(fd, true);
  };
  const settle = (fd: number) => {
    waiting -= 1;
    if (table.has(fd)) table.setLeft(fd, 0);
  };
  const isOver = () => stopped || (at >= table.end() && waiting === 0);

  return {
    step: (until) => {
      do {
        for (let i = 0; i < BATCH && at < table.end() && !stopped; i++, at++) if (table.has(at)) begin(at);
      } while (at < table.end() && !stopped && performance.now() < until);
      return isOver();
    },
    isBusy: () => !stopped && at < table.end(),
    writable: (fd) => {
      const before = table.left(fd);
      if (before === 0) return;
      const left = push(fd, before);
      if (left > 0) {
        table.setLeft(fd, left);
        return;
      }
      settle(fd);
      watch(fd, false);
    },
    gone: (fd) => {
      if (table.left(fd) > 0) settle(fd);
    },
    stop: () => {
      stopped = true;
    },
    tally: () => tallyOf({ connections, completed, bytes, blocked, failures: failures.list() }),
  };
}
