/** What one worker process weighs by itself: pages of the program, which all workers share, are not counted. */
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { O_RDONLY } from './constants.ts';
import type { Libc } from './libc.ts';

const BLANK = 0x20;
const DIGIT_ZERO = 0x30;

/** A function that returns this process's private memory in bytes: resident pages that no file backs. Allocates nothing. */
export function ownMemory(libc: Libc, pageSize: number): () => number {
  const path = libc.allocate(32);
  const text = libc.allocate(128);
  path.bytes.set(Buffer.from('/proc/self/statm'));
  return () => {
    const fd = libc.open(path.address, O_RDONLY);
    if (fd < 0) return 0;
    const length = libc.read(fd, text.address, text.bytes.length);
    libc.close(fd);
    // `size resident shared …`, in pages (proc(5)).
    let field = 0;
    let resident = 0;
    let shared = 0;
    for (let at = 0; at < length && field < 3; at++) {
      const byte = text.bytes[at] ?? BLANK;
      if (byte === BLANK) field += 1;
      else if (field === 1) resident = resident * 10 + byte - DIGIT_ZERO;
      else if (field === 2) shared = shared * 10 + byte - DIGIT_ZERO;
    }
    return (resident - shared) * pageSize;
  };
}

/** A process's private memory over time. */
export interface MemoryWatch {
  /** To be called now and then while the work goes on: growth between two looks that is gone by the second is not seen. */
  look(): void;
  /** Bytes: what it grew by, and what it is. */
  figures(): { readonly grown: number; readonly now: number };
}

/**
 * Adds up growth only. The engine gives start-up memory back in steps, seconds later, while connections are opened:
 * set off against what the connections cost, that would make them look free.
 */
export function watchMemory(own: () => number): MemoryWatch {
  let last = own();
  let grown = 0;
  const look = () => {
    const now = own();
    if (now > last) grown += now - last;
    last = now;
  };
  return {
    look,
    figures: () => {
      look();
      return { grown, now: last };
    },
  };
}

/** Collects what start-up has left behind, so that the engine does not do it while connections are opened. */
export function settleMemory(): void {
  v8.setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}
