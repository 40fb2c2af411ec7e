/**
 * Kernel memory of one idle TCP socket and its file. Where the snapshot carries the slab sizes of the host's own
 * kernel they are used; otherwise a table.
 */
import { compareRelease } from '../model/machine.ts';
import type { Snapshot } from '../model/snapshot.ts';

/**
 * Bytes per object with its share of the slab's rest, measured on 6.18 with the blobs of a security module. The first
 * four are read from the host where possible; the rest are small and hidden by SLUB's merging of like caches.
 */
const TABLE: Readonly<Record<string, number>> = {
  TCP: 2521,
  sock_inode_cache: 862,
  dentry: 195,
  filp: 195,
};
/** Blobs of security modules on the inode and the file. */
const SECURITY_BLOBS = 32 + 24;
/** epitem, wait entry and the file's list head of a socket in an epoll set. */
const EPOLL = 128 + 64 + 16;
/** A slot in the table of files, and its bits. */
const DESCRIPTOR = 9;
/** The two bind buckets of a local port of its own: a connecting socket has one, an accepted one has not. */
const BIND_BUCKETS = 2 * 128;
/** Before 6.12 a socket measured 3.7 kB of slab, both ends of a connection averaged (6.1, Debian 12). */
const OLDER = { before: '6.12', perSocket: 3_700, sock: 2_400 } as const;

export interface SocketSize {
  /** Bytes of the end that accepts, in an epoll set. */
  readonly server: bigint;
  /** Bytes of the end that connects from a port of its own. */
  readonly client: bigint;
  /** Of the accepting end, its struct sock: some kernels do not charge it to a control group. */
  readonly sock: bigint;
  /** Where the sizes come from: `slab sizes of this kernel`, or which table. */
  readonly basis: string;
}

export function socketSize({ usage, machine }: Snapshot): SocketSize {
  const { slabs } = usage;
  const missing = Object.keys(TABLE).filter((name) => slabs?.[name] === undefined);
  if (missing.length > 0 && compareRelease(machine.kernelRelease, OLDER.before) < 0) {
    const each = BigInt(OLDER.perSocket);
    return { server: each, client: each, sock: BigInt(OLDER.sock), basis: 'measured on kernel 6.1' };
  }
  const sizeOf = (name: string) => {
    const slab = slabs?.[name];
    return slab === undefined
      ? (TABLE[name] ?? 0)
      : Math.ceil((slab.pages * machine.pageSize) / slab.objects);
  };
  const objects = Object.keys(TABLE).reduce((sum, name) => sum + sizeOf(name), 0);
  const common = objects + SECURITY_BLOBS + DESCRIPTOR;
  return {
    server: BigInt(common + EPOLL),
    client: BigInt(common + BIND_BUCKETS),
    sock: BigInt(sizeOf('TCP')),
    basis: missing.length === 0 ? 'slab sizes of this kernel' : 'measured on kernel 6.18',
  };
}

/** Bytes per connection: the accepting end, or both where both are on this host. */
export function bytesPerConnection(size: SocketSize, ends: 1 | 2): bigint {
  return ends === 2 ? size.server + size.client : size.server;
}

/**
 * Is the struct sock of an accepted connection charged to the control group? Only by version 2, and by kernels from
 * some release after 6.1 on (inet_csk_accept, 6.12); before, and in version 1, the network stack made it for nobody.
 */
export function chargesAccepted({ machine }: Snapshot): boolean {
  return isUnified(machine.cgroup.memoryFile) && compareRelease(machine.kernelRelease, OLDER.before) >= 0;
}

/** Where the file is not known, the newer hierarchy is taken: its wall is the lower one. */
function isUnified(file: string | undefined): boolean {
  return file === undefined || file.endsWith('/memory.max');
}
