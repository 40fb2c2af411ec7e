/** What is in use of the limits that a whole host or namespace shares, when the snapshot was taken. */

/** How the kernel packs the objects of one kind: what an object really costs. */
export interface SlabGeometry {
  /** Pages of one slab. */
  readonly pages: number;
  /** Objects in one slab. */
  readonly objects: number;
}

/** Null where it could not be read. */
export interface Usage {
  /** Open files of the host: the first field of fs.file-nr. */
  readonly openFiles: bigint | null;
  /** TCP sockets of the host, all namespaces: `alloc` of /proc/net/sockstat. */
  readonly tcpSockets: bigint | null;
  /** Tracked connections of this network namespace. */
  readonly trackedConnections: bigint | null;
  /** The slab caches that an open socket lives in, by name; null when none could be read (it needs root). */
  readonly slabs: Readonly<Record<string, SlabGeometry>> | null;
}

export const UNKNOWN_USAGE: Usage = {
  openFiles: null,
  tcpSockets: null,
  trackedConnections: null,
  slabs: null,
};
