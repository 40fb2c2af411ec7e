/** A gateway's pairs of descriptors: the client's and the upstream one, each leading to the other. */

/** Descriptor 0 is never a socket here. */
const NONE = 0;
const LEAST = 1024;

export interface Peers {
  /** The other descriptor of its pair; itself when it is in none. */
  of(fd: number): number;
  link(one: number, other: number): void;
  unlink(fd: number): void;
}

/** Grows as descriptors do: they are small numbers without gaps. */
export function createPeers(expected: number): Peers {
  let others = new Int32Array(Math.max(LEAST, 2 * expected + LEAST));
  const set = (fd: number, other: number) => {
    if (fd >= others.length) {
      const larger = new Int32Array(Math.max(2 * others.length, fd + 1));
      larger.set(others);
      others = larger;
    }
    others[fd] = other;
  };
  const of = (fd: number): number => {
    const other = others[fd] ?? NONE;
    return other === NONE ? fd : other;
  };
  return {
    of,
    link: (one, other) => {
      set(one, other);
      set(other, one);
    },
    unlink: (fd) => {
      const other = of(fd);
      set(fd, NONE);
      set(other, NONE);
    },
  };
}
