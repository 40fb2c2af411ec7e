/** A server's list of its connections, for workloads that write to them: one number for each, by descriptor. */

/** What a descriptor that is no connection has. */
const ABSENT = -1;
const LEAST = 1024;

export interface ConnectionTable {
  add(fd: number): void;
  remove(fd: number): void;
  /** Connections in it. */
  count(): number;
  /** One above the highest descriptor that was ever in it. */
  end(): number;
  has(fd: number): boolean;
  /** Bytes still to be written; 0 when there is nothing to write. */
  left(fd: number): number;
  setLeft(fd: number, bytes: number): void;
}

/** Grows as descriptors do: they are small numbers without gaps. */
export function createConnectionTable(expected: number): ConnectionTable {
  let left = new Int32Array(Math.max(LEAST, expected + LEAST)).fill(ABSENT);
  let count = 0;
  let end = 0;
  const grow = (fd: number) => {
    const larger = new Int32Array(Math.max(2 * left.length, fd + 1)).fill(ABSENT);
    larger.set(left);
    left = larger;
  };
  return {
    add: (fd) => {
      if (fd >= left.length) grow(fd);
      left[fd] = 0;
      count += 1;
      if (fd >= end) end = fd + 1;
    },
    remove: (fd) => {
      if ((left[fd] ?? ABSENT) === ABSENT) return;
      left[fd] = ABSENT;
      count -= 1;
    },
    count: () => count,
    end: () => end,
    has: (fd) => (left[fd] ?? ABSENT) !== ABSENT,
    left: (fd) => Math.max(0, left[fd] ?? 0),
    setLeft: (fd, bytes) => {
      left[fd] = bytes;
    },
  };
}
