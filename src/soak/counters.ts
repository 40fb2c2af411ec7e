/** The kernel's own counters, read through the host door: the judge of every count. Pure parsers, absent is null. */
import { parseColonLines, parseKilobytes } from '../gather/proc.ts';
import type { HostReader } from '../host/reader.ts';
import { SOCKET_SLABS } from '../model/usage.ts';

/** Slab caches that sockets live in; names that SLUB merges away are simply missing. */
export const SOCKET_CACHES = [
  ...SOCKET_SLABS,
  'TCPv6',
  'request_sock_TCP',
  'tw_sock_TCP',
  'nf_conntrack',
] as const;

/**
 * What a program leaves behind that looks at /proc/PID/fd, as monitoring agents do: an inode for each descriptor, its name
 * and the blob of security modules. Not a socket's own, and reclaimable; see figures.ts.
 */
export const PROC_INODES = 'proc_inode_cache';
export const SOCKET_INODES = 'sock_inode_cache';
/** Both kinds of inodes have one of these each. */
export const SHARED_CACHES = ['dentry', 'lsm_inode_cache'] as const;
/** Where num_slabs stands after the name. */
const SLABS = 13;
const CACHES: readonly string[] = [...SOCKET_CACHES, PROC_INODES];

export interface SlabCache {
  readonly active: number;
  /** Bytes per object with its share of the slab's unused rest. */
  readonly effectiveBytes: number;
  /** Bytes of all its slabs, those with room included. */
  readonly bytes: number;
}

export interface SocketStats {
  /** TCP sockets in this namespace, both families. */
  readonly inuse: number;
  readonly orphan: number;
  readonly timeWait: number;
  /** Sockets allocated on the whole machine. */
  readonly alloc: number;
  /** Pages of queued data on the whole machine. */
  readonly pages: number;
}

export interface KernelCounters {
  readonly sockets: SocketStats | null;
  /** `TcpExt.ListenOverflows`, `Tcp.CurrEstab` … */
  readonly tcp: Readonly<Record<string, number>>;
  readonly openFiles: { readonly allocated: number; readonly max: number } | null;
  readonly slab: Readonly<Record<string, SlabCache>> | null;
  /** Bytes. */
  readonly memory: {
    readonly total: number;
    readonly free: number;
    readonly available: number;
    readonly slab: number;
    /** What the kernel could give back of its own, as it counts: KReclaimable, before Linux 4.20 SReclaimable. */
    readonly reclaimable: number | null;
  };
  /** Bytes free of all zones at which the kernel begins to reclaim. */
  readonly lowWatermark: number | null;
  /** Drops of the per-CPU input queue, summed. */
  readonly backlogDrops: number;
  /** Kills by the out-of-memory killer since boot, all causes; null before Linux 4.13. */
  readonly oomKills: number | null;
  readonly conntrack: number | null;
  /** Microseconds of stall since boot (`some`), from /proc/pressure. */
  readonly pressure: { readonly cpu: number; readonly memory: number; readonly io: number } | null;
}

export function readCounters(host: HostReader): KernelCounters {
  const text = (path: string, maxBytes?: number) => {
    const result = host.read(path, maxBytes);
    return result.ok ? result.value : null;
  };
  const memory = parseMemory(text('/proc/meminfo') ?? '');
  const pressure = (name: string) => parsePressure(text(`/proc/pressure/${name}`));
  const { pageSize } = host.self();
  const [cpu, stalled, io] = [pressure('cpu'), pressure('memory'), pressure('io')];
  return {
    sockets: parseSockstat(text('/proc/net/sockstat') ?? '', text('/proc/net/sockstat6') ?? ''),
    tcp: {
      ...parsePairedLines(text('/proc/net/netstat') ?? ''),
      ...parsePairedLines(text('/proc/net/snmp') ?? ''),
    },
    openFiles: parseFileNr(text('/proc/sys/fs/file-nr') ?? ''),
    slab: parseSlabinfo(text('/proc/slabinfo'), pageSize),
    memory,
    lowWatermark: parseLowWatermark(text('/proc/zoneinfo'), pageSize),
    backlogDrops: parseSoftnetDrops(text('/proc/net/softnet_stat') ?? ''),
    oomKills: parseCount(/^oom_kill (\d+)$/m, text('/proc/vmstat')),
    conntrack: parseCount(/^(\d+)/, text('/proc/sys/net/netfilter/nf_conntrack_count')),
    pressure: cpu === null || stalled === null || io === null ? null : { cpu, memory: stalled, io },
  };
}

/** The few counters that a running soak looks at several times a second. */
export interface Gauges {
  readonly sockets: SocketStats | null;
  readonly memory: KernelCounters['memory'];
  readonly openFiles: number | null;
  readonly conntrack: number | null;
}

/** null while nothing can be opened (ENFILE, EMFILE): what cannot be read is not zero. */
export function readGauges(host: HostReader): Gauges | null {
  const memory = host.read('/proc/meminfo');
  if (!memory.ok) return null;
  const text = (path: string) => {
    const result = host.read(path);
    return result.ok ? result.value : '';
  };
  return {
    sockets: parseSockstat(text('/proc/net/sockstat'), text('/proc/net/sockstat6')),
    memory: parseMemory(memory.value),
    openFiles: parseFileNr(text('/proc/sys/fs/file-nr'))?.allocated ?? null,
    conntrack: parseCount(/^(\d+)/, text('/proc/sys/net/netfilter/nf_conntrack_count')),
  };
}

/** `TCP: inuse 5 orphan 0 tw 2 alloc 7 mem 1` and `TCP6: inuse 3`; orphan, tw, alloc and mem cover both families. */
export function parseSockstat(four: string, six: string): SocketStats | null {
  const match = /^TCP: inuse (\d+) orphan (\d+) tw (\d+) alloc (\d+) mem (\d+)/m.exec(four);
  if (match === null) return null;
  const [inuse = 0, orphan = 0, timeWait = 0, alloc = 0, pages = 0] = match.slice(1).map(Number);
  const inuseSix = Number(/^TCP6: inuse (\d+)/m.exec(six)?.[1] ?? 0);
  return { inuse: inuse + inuseSix, orphan, timeWait, alloc, pages };
}

/** Lines in pairs, names then numbers, both beginning `Group:` (netstat, snmp); the Tcp and TcpExt groups are kept. */
export function parsePairedLines(text: string): Readonly<Record<string, number>> {
  const counters: Record<string, number> = {};
  const lines = text.split('\n');
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const names = (lines[i] ?? '').split(/\s+/);
    const numbers = (lines[i + 1] ?? '').split(/\s+/);
    const group = names[0] ?? '';
    if (group !== numbers[0] || (group !== 'Tcp:' && group !== 'TcpExt:')) continue;
    for (let at = 1; at < names.length; at++) {
      const value = Number(numbers[at]);
      if (names[at] && Number.isFinite(value)) counters[`${group.slice(0, -1)}.${names[at]}`] = value;
    }
  }
  return counters;
}

/** `allocated unused max`; the maximum is LONG_MAX on most systemd hosts, which a double only nears: enough here. */
export function parseFileNr(text: string): { allocated: number; max: number } | null {
  const match = /^(\d+)\s+(\d+)\s+(\d+)/.exec(text);
  return match === null ? null : { allocated: Number(match[1]) - Number(match[2]), max: Number(match[3]) };
}

/** `name active total objsize objperslab pagesperslab : tunables … : slabdata active_slabs num_slabs …`; null when it cannot be read (it needs root). */
export function parseSlabinfo(
  text: string | null,
  pageSize: number,
): Readonly<Record<string, SlabCache>> | null {
  if (text === null) return null;
  const caches: Record<string, SlabCache> = {};
  for (const line of text.split('\n')) {
    const [name = '', ...fields] = line.trim().split(/\s+/);
    if (!CACHES.includes(name)) continue;
    const [active = 0, , objectBytes = 0, perSlab = 1, pages = 1] = fields.slice(0, 5).map(Number);
    const effectiveBytes = perSlab > 0 ? (pages * pageSize) / perSlab : objectBytes;
    caches[name] = { active, effectiveBytes, bytes: Number(fields[SLABS] ?? 0) * pages * pageSize };
  }
  return Object.keys(caches).length > 0 ? caches : null;
}

export function parseMemory(text: string): KernelCounters['memory'] {
  const lines = parseColonLines(text);
  const bytes = (name: string) => Number(parseKilobytes(lines.get(name)) ?? 0n);
  const free = bytes('MemFree');
  // MemAvailable is missing before Linux 3.14.
  const available = lines.has('MemAvailable') ? bytes('MemAvailable') : free + bytes('Cached');
  const reclaimable = ['KReclaimable', 'SReclaimable'].find((name) => lines.has(name));
  return {
    total: bytes('MemTotal'),
    free,
    available,
    slab: bytes('Slab'),
    reclaimable: reclaimable === undefined ? null : bytes(reclaimable),
  };
}

/** Of /proc/zoneinfo: a line `low N` in pages for each zone. */
export function parseLowWatermark(text: string | null, pageSize: number): number | null {
  const lows = [...(text ?? '').matchAll(/^\s+low\s+(\d+)$/gm)].map(([, pages]) => Number(pages));
  return lows.length === 0 ? null : lows.reduce((sum, pages) => sum + pages, 0) * pageSize;
}

/** Column 2 of /proc/net/softnet_stat, hexadecimal, one line per CPU. */
export function parseSoftnetDrops(text: string): number {
  return text
    .split('\n')
    .map((line) => Number.parseInt(line.trim().split(/\s+/)[1] ?? '0', 16))
    .reduce((sum, n) => sum + (Number.isFinite(n) ? n : 0), 0);
}

/** The `some` line's total, in microseconds. */
export function parsePressure(text: string | null): number | null {
  return parseCount(/^some .*total=(\d+)/m, text);
}

function parseCount(pattern: RegExp, text: string | null): number | null {
  const match = text === null ? null : pattern.exec(text);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/** What moved between two readings: `Tcp.CurrEstab` and its like are gauges, the rest only rise. Zero is left out. */
export function movedCounters(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const moved: Record<string, number> = {};
  for (const [name, value] of Object.entries(after)) {
    const difference = value - (before[name] ?? 0);
    if (difference !== 0) moved[name] = difference;
  }
  return moved;
}
