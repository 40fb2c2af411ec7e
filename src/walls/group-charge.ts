/**
 * What a control group is charged for one idle connection: less than the host pays. Since 5.9 every object is charged
 * by itself, with its size and a pointer to the group (obj_full_size, mm/memcontrol.c); what is left over in a slab is
 * nobody's. Caches without SLAB_ACCOUNT, those of the security modules, are not charged at all.
 */
import { compareRelease } from '../model/machine.ts';
import type { Snapshot } from '../model/snapshot.ts';
import {
  basisOf,
  bytesPerConnection,
  bytesWithRest,
  DESCRIPTOR,
  type SocketObject,
  sumOf,
} from './socket-size.ts';

const BY_OBJECT_SINCE = '5.9';
const ACCEPTED_SINCE = '6.12';
const NOT_CHARGED: ReadonlySet<string> = new Set(['lsm_inode_cache', 'lsm_file_cache']);

export interface GroupCharge {
  /** Bytes per connection. */
  readonly bytes: bigint;
  /** `5,378 B charged for kernel objects (slab sizes of this kernel, both ends)`. */
  readonly basis: string;
}

export function groupCharge(snapshot: Snapshot, ends: 1 | 2): GroupCharge {
  const isWhole = chargesAccepted(snapshot);
  const charged = (object: SocketObject) =>
    NOT_CHARGED.has(object.slab) ? 0 : bytesCharged(snapshot, object);
  const server = sumOf('server', (object) => (object.slab === 'TCP' && !isWhole ? 0 : charged(object)));
  const client = sumOf('client', charged);
  const size = { server: BigInt(server + DESCRIPTOR), client: BigInt(client + DESCRIPTOR) };
  const except = isWhole ? '' : ', without the struct sock of an accepted one';
  return {
    bytes: bytesPerConnection(size, ends),
    basis: `${basisOf(snapshot)}${ends === 2 ? ', both ends' : ''}${except}`,
  };
}

function bytesCharged(snapshot: Snapshot, object: SocketObject): number {
  const { usage, machine } = snapshot;
  if (compareRelease(machine.kernelRelease, BY_OBJECT_SINCE) < 0) return bytesWithRest(snapshot, object);
  const geometry = usage.slabs?.[object.slab];
  if (geometry === null) return 0;
  const size = geometry === undefined ? object.size : (geometry.size ?? bytesWithRest(snapshot, object));
  return size + machine.bits / 8;
}

/**
 * Is the struct sock of an accepted connection charged to the control group? Only by version 2, and by kernels from
 * some release after 6.1 on (inet_csk_accept, 6.12); before, and in version 1, the network stack made it for nobody.
 */
function chargesAccepted({ machine }: Snapshot): boolean {
  return isUnified(machine.cgroup.memoryFile) && compareRelease(machine.kernelRelease, ACCEPTED_SINCE) >= 0;
}

/** Where the file is not known, the newer hierarchy is taken: its wall is the lower one. */
function isUnified(file: string | undefined): boolean {
  return file === undefined || file.endsWith('/memory.max');
}
