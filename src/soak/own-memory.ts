/**
 * What one worker process weighs, and keeping it from growing: the cost of a connection must not be hidden under the
 * cost of a JavaScript engine that is still warming up.
 */
import v8 from 'node:v8';
import { O_RDONLY } from './constants.ts';
import type { Libc } from './libc.ts';

const BLANK = 0x20;
const DIGIT_ZERO = 0x30;

/**
 * The few functions of the engine run hot from the first moment on, so they are compiled early: what compiling takes
 * in memory is then over before the connections come, and the first thousands are not opened by slow code.
 * To be called before the engine's code first runs.
 */
export function compileEarly(): void {
  v8.setFlagsFromString('--interrupt-budget=8000');
}

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

/** Connections after which a process counts as warm: all of its code has run, and is compiled. */
export const WARM_CONNECTIONS = 2048;

export interface Growth {
  /** Private bytes when the process reported ready. */
  readonly atStart: number;
  /** Private bytes, and connections, when it was warm; null when it never had that many. */
  readonly warm: { readonly bytes: number; readonly connections: number } | null;
  readonly now: number;
}

export interface GrowthMeter {
  /** To be called now and then with the number of connections held. */
  look(connections: number): void;
  read(): Growth;
}

export function meterGrowth(libc: Libc, pageSize: number): GrowthMeter {
  const own = ownMemory(libc, pageSize);
  const atStart = own();
  let warm: Growth['warm'] = null;
  return {
    look: (connections) => {
      if (warm === null && connections >= WARM_CONNECTIONS) warm = { bytes: own(), connections };
    },
    read: () => ({ atStart, warm, now: own() }),
  };
}
