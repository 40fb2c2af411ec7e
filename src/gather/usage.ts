/** What is in use, from files that cost the same however many sockets there are. */
import type { HostReader } from '../host/reader.ts';
import type { SlabGeometry, Usage } from '../model/usage.ts';

/** The caches that make up an open TCP socket and its file. */
const SOCKET_SLABS = ['TCP', 'sock_inode_cache', 'dentry', 'filp'] as const;

export function gatherUsage(host: HostReader): Usage {
  return {
    openFiles: firstNumber(host, '/proc/sys/fs/file-nr', /^(\d+)/),
    tcpSockets: firstNumber(host, '/proc/net/sockstat', /^TCP: .*\balloc (\d+)/m),
    trackedConnections: firstNumber(host, '/proc/sys/net/netfilter/nf_conntrack_count', /^(\d+)/),
    slabs: gatherSlabs(host),
  };
}

/** Two small files per cache (Documentation/ABI/testing/sysfs-kernel-slab); /proc/slabinfo would walk all caches. */
function gatherSlabs(host: HostReader): Usage['slabs'] {
  const slabs: Record<string, SlabGeometry> = {};
  for (const name of SOCKET_SLABS) {
    const objects = firstNumber(host, `/sys/kernel/slab/${name}/objs_per_slab`, /^(\d+)/);
    if (objects === null || objects === 0n) continue;
    const order = firstNumber(host, `/sys/kernel/slab/${name}/order`, /^(\d+)/);
    if (order !== null && order < 20n) slabs[name] = { pages: 2 ** Number(order), objects: Number(objects) };
  }
  return Object.keys(slabs).length > 0 ? slabs : null;
}

function firstNumber(host: HostReader, path: string, pattern: RegExp): bigint | null {
  const text = host.read(path);
  const match = text.ok ? pattern.exec(text.value) : null;
  return match?.[1] === undefined ? null : BigInt(match[1]);
}
