/** What is in use, from files that cost the same however many sockets there are. */
import type { HostReader } from '../host/reader.ts';
import { type SlabGeometry, SOCKET_SLABS, type SocketSlab, type Usage } from '../model/usage.ts';

export function gatherUsage(host: HostReader): Usage {
  return {
    openFiles: firstNumber(host, '/proc/sys/fs/file-nr', /^(\d+)/),
    tcpSockets: firstNumber(host, '/proc/net/sockstat', /^TCP: .*\balloc (\d+)/m),
    trackedConnections: firstNumber(host, '/proc/sys/net/netfilter/nf_conntrack_count', /^(\d+)/),
    slabs: gatherSlabs(host),
  };
}

/** Three small files per cache (Documentation/ABI/testing/sysfs-kernel-slab); /proc/slabinfo hides those that SLUB has merged. */
function gatherSlabs(host: HostReader): Usage['slabs'] {
  const slabs: Partial<Record<SocketSlab, SlabGeometry | null>> = {};
  for (const name of SOCKET_SLABS) {
    const geometry = gatherSlab(host, `/sys/kernel/slab/${name}`);
    if (geometry !== undefined) slabs[name] = geometry;
  }
  // Without the cache of the sockets themselves nothing was readable, and what is not there says nothing.
  return slabs.TCP == null ? null : slabs;
}

/** null: there is no such cache; undefined: it could not be read. */
function gatherSlab(host: HostReader, folder: string): SlabGeometry | null | undefined {
  const text = host.read(`${folder}/objs_per_slab`);
  if (!text.ok) return text.errno === 'ENOENT' ? null : undefined;
  const objects = Number.parseInt(text.value, 10);
  const order = firstNumber(host, `${folder}/order`, /^(\d+)/);
  if (!(objects > 0) || order === null || order >= 20n) return undefined;
  const size = firstNumber(host, `${folder}/slab_size`, /^(\d+)/);
  const geometry = { pages: 2 ** Number(order), objects };
  return size === null ? geometry : { ...geometry, size: Number(size) };
}

function firstNumber(host: HostReader, path: string, pattern: RegExp): bigint | null {
  const text = host.read(path);
  const match = text.ok ? pattern.exec(text.value) : null;
  return match?.[1] === undefined ? null : BigInt(match[1]);
}
