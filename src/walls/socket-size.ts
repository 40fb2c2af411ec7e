/**
 * Kernel memory of one idle TCP socket and its file. Where the snapshot carries the slab sizes of the host's own
 * kernel they are used; otherwise a table.
 */
import { compareRelease } from '../model/machine.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { SocketSlab } from '../model/usage.ts';

/** A kind of object that a connection keeps. Sizes in bytes, of 6.18, for where the host's own cannot be read. */
export interface SocketObject {
  readonly slab: SocketSlab;
  /** Which end has one: the server's is in an epoll set, the client's is bound to a port of its own. */
  readonly end: 'server' | 'client' | 'each';
  readonly size: number;
  /** With its share of what is left over in a slab. */
  readonly withRest: number;
}

export const SOCKET_OBJECTS: readonly SocketObject[] = [
  { slab: 'TCP', end: 'each', size: 2368, withRest: 2521 },
  { slab: 'sock_inode_cache', end: 'each', size: 832, withRest: 863 },
  { slab: 'dentry', end: 'each', size: 192, withRest: 196 },
  { slab: 'filp', end: 'each', size: 192, withRest: 196 },
  // Blobs of security modules: the more of them are built in, the larger.
  { slab: 'lsm_inode_cache', end: 'each', size: 32, withRest: 32 },
  { slab: 'lsm_file_cache', end: 'each', size: 24, withRest: 25 },
  { slab: 'eventpoll_epi', end: 'server', size: 128, withRest: 128 },
  { slab: 'eventpoll_pwq', end: 'server', size: 64, withRest: 64 },
  { slab: 'ep_head', end: 'server', size: 16, withRest: 16 },
  { slab: 'tcp_bind_bucket', end: 'client', size: 128, withRest: 128 },
  { slab: 'tcp_bind2_bucket', end: 'client', size: 128, withRest: 128 },
];
/** A slot in the table of files, and its bits. */
export const DESCRIPTOR = 9;
/** Before 6.12 a socket measured 3.7 kB of slab, both ends of a connection averaged (6.1, Debian 12). */
const OLDER = { before: '6.12', perSocket: 3_700n } as const;
/** With pointers of four bytes it measured 5,974 B for both ends (6.1, Debian 12 for i386: docs/evidence/article.md). */
const NARROW = { bits: 32, perSocket: 2_987n } as const;

export interface SocketSize {
  /** Bytes of the end that accepts, in an epoll set. */
  readonly server: bigint;
  /** Bytes of the end that connects from a port of its own. */
  readonly client: bigint;
  /** Where the sizes come from: `slab sizes of this kernel`, or which table. */
  readonly basis: string;
}

export function socketSize(snapshot: Snapshot): SocketSize {
  const { usage, machine } = snapshot;
  const isRead = usage.slabs !== null;
  if (!isRead && machine.bits === NARROW.bits) {
    return { server: NARROW.perSocket, client: NARROW.perSocket, basis: 'measured on kernel 6.1, 32-bit' };
  }
  if (!isRead && compareRelease(machine.kernelRelease, OLDER.before) < 0) {
    return { server: OLDER.perSocket, client: OLDER.perSocket, basis: 'measured on kernel 6.1' };
  }
  const of = (end: 'server' | 'client') =>
    BigInt(sumOf(end, (object) => bytesWithRest(snapshot, object)) + DESCRIPTOR);
  return { server: of('server'), client: of('client'), basis: basisOf(snapshot) };
}

export function basisOf({ usage }: Snapshot): string {
  return usage.slabs === null ? 'measured on kernel 6.18' : 'slab sizes of this kernel';
}

/** What the objects of one end come to. */
export function sumOf(end: 'server' | 'client', bytes: (object: SocketObject) => number): number {
  return SOCKET_OBJECTS.filter((object) => object.end === 'each' || object.end === end).reduce(
    (sum, object) => sum + bytes(object),
    0,
  );
}

/** Bytes of an object and its share of the slab's rest; 0 where this kernel has none. */
export function bytesWithRest({ usage, machine }: Snapshot, { slab, withRest }: SocketObject): number {
  const geometry = usage.slabs?.[slab];
  if (geometry === undefined) return withRest;
  return geometry === null ? 0 : Math.ceil((geometry.pages * machine.pageSize) / geometry.objects);
}

/** Bytes per connection: the accepting end, or both where both are on this host. */
export function bytesPerConnection(size: Pick<SocketSize, 'server' | 'client'>, ends: 1 | 2): bigint {
  return ends === 2 ? size.server + size.client : size.server;
}
