/** What is in use of the limits that a whole host or namespace shares, when the snapshot was taken. */

/** The slab caches that an open TCP socket and its file live in: sizes differ by kernel and by its security modules. */
export const SOCKET_SLABS = [
  'TCP',
  'sock_inode_cache',
  'dentry',
  'filp',
  'lsm_inode_cache',
  'lsm_file_cache',
  'eventpoll_epi',
  'eventpoll_pwq',
  'ep_head',
  'tcp_bind_bucket',
  'tcp_bind2_bucket',
] as const;

export type SocketSlab = (typeof SOCKET_SLABS)[number];

/** How the kernel packs the objects of one kind: what an object really costs. */
export interface SlabGeometry {
  /** Pages of one slab. */
  readonly pages: number;
  /** Objects in one slab. */
  readonly objects: number;
  /** Bytes from one object to the next, what is left over in the slab not counted; missing where it was not read. */
  readonly size?: number;
}

/** Null where it could not be read. */
export interface Usage {
  /** Open files of the host: the first field of fs.file-nr. */
  readonly openFiles: bigint | null;
  /** TCP sockets of the host, all namespaces: `alloc` of /proc/net/sockstat. */
  readonly tcpSockets: bigint | null;
  /** Tracked connections of this network namespace. */
  readonly trackedConnections: bigint | null;
  /**
   * The caches of SOCKET_SLABS; null when none could be read (it needs root). A cache that is missing was not read, one
   * that is null is not there: this kernel has no such objects.
   */
  readonly slabs: Readonly<Partial<Record<SocketSlab, SlabGeometry | null>>> | null;
}

export const UNKNOWN_USAGE: Usage = {
  openFiles: null,
  tcpSockets: null,
  trackedConnections: null,
  slabs: null,
};
