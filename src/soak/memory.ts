/** Memory: what a soak will need, what is really free, and when to stop. Pure arithmetic, all in bytes. */
import { InputError } from '../model/error.ts';
import type { MemoryEstimate } from '../model/soak.ts';
import type { CgroupState } from './cgroup.ts';
import type { Gauges, KernelCounters, SlabCache } from './counters.ts';

const MIB = 2 ** 20;
/**
 * Bytes per object on a 6.18 kernel with security-module blobs, used where slabinfo cannot be read (it needs root).
 * Both ends: each socket has a TCP sock, a socket inode, a dentry and a file.
 */
const PER_SOCKET: Readonly<Record<string, number>> = {
  TCP: 2521,
  sock_inode_cache: 862,
  dentry: 195,
  filp: 195,
  lsm_inode_cache: 32,
  lsm_file_cache: 24,
};
/** Per connection besides: the server end's epoll item and wait entry, the client end's two bind buckets, fd slots. */
const PER_CONNECTION = 128 + 64 + 16 + 2 * 128 + 2 * 9;
/** Growth of both worker processes per connection; the goal of the engine, not less than measured. */
const PROCESS_PER_CONNECTION = 32;
/** Private memory of one worker process: Node itself. Measured 11 to 14 MiB, rounded up. */
export const WORKER_BYTES = 16 * MIB;
/** MemAvailable counts these two caches as reclaimable, and an open socket pins one object of each. */
const FALSELY_RECLAIMABLE = ['sock_inode_cache', 'dentry'] as const;

const FLOOR_SHARE = 0.05;
const FLOOR_LEAST = 128 * MIB;
const FLOOR_MOST = 1024 * MIB;
/** Not less than a fast ramp takes between two looks: 60,000 connections/s × 8 kB × 0.1 s = 50 MB. */
const CGROUP_FLOOR_LEAST = 64 * MIB;

export function kernelBytesPerConnection(
  slab: KernelCounters['slab'],
  family: 4 | 6,
): MemoryEstimate['kernelPerConnection'] {
  const socketCache = family === 6 ? 'TCPv6' : 'TCP';
  const sizeOf = (name: string, fallback: number) =>
    sizeIn(slab?.[name === 'TCP' ? socketCache : name], fallback);
  const perSocket = Object.entries(PER_SOCKET).reduce((sum, [name, bytes]) => sum + sizeOf(name, bytes), 0);
  return Math.round(2 * perSocket + PER_CONNECTION);
}

function sizeIn(cache: SlabCache | undefined, fallback: number): number {
  return cache?.effectiveBytes ?? fallback;
}

/** What does not change while a soak runs, and what its memory is judged by. */
export type MemoryBasis = Pick<KernelCounters, 'slab' | 'lowWatermark'>;

/**
 * Bytes of MemAvailable that open sockets really pin. The kernel leaves out some of what is reclaimable: half of it, and
 * no more than the low watermark (mm/show_mem.c si_mem_available). Of what is pinned that part was never promised.
 */
export function overstatedBytes({ sockets, memory }: Gauges, { slab, lowWatermark }: MemoryBasis): number {
  const perSocket = FALSELY_RECLAIMABLE.reduce(
    (sum, name) => sum + sizeIn(slab?.[name], PER_SOCKET[name] ?? 0),
    0,
  );
  const pinned = Math.round((sockets?.alloc ?? 0) * perSocket);
  if (memory.reclaimable === null || lowWatermark === null) return pinned;
  const promised = (bytes: number) => bytes - Math.min(Math.floor(bytes / 2), lowWatermark);
  return promised(memory.reclaimable) - promised(Math.max(0, memory.reclaimable - pinned));
}

/** Memory that can really still be used: less than MemAvailable, and less again in a cgroup. */
export function freeBytes(gauges: Gauges, basis: MemoryBasis, groups: CgroupState): number {
  const host = gauges.memory.available - overstatedBytes(gauges, basis);
  return groups.memory === null ? host : Math.min(host, groups.memory.max - groups.memory.current);
}

export function estimateMemory(
  goal: number,
  family: 4 | 6,
  workers: number,
  counters: KernelCounters,
  groups: CgroupState,
): MemoryEstimate {
  const kernelPerConnection = kernelBytesPerConnection(counters.slab, family);
  const kernel = goal * kernelPerConnection;
  const processes = workers * WORKER_BYTES + goal * PROCESS_PER_CONNECTION;
  const gauges = { ...counters, openFiles: null };
  const cgroupFree = groups.memory === null ? null : groups.memory.max - groups.memory.current;
  return {
    kernelPerConnection,
    basis: counters.slab === null ? 'table' : 'slabinfo',
    kernel,
    processes,
    needed: kernel + processes,
    memAvailable: counters.memory.available,
    overstated: overstatedBytes(gauges, counters),
    cgroupFree,
    free: freeBytes(gauges, counters, groups),
    floor: memoryFloor(counters.memory.total, groups),
  };
}

/** Below this the ramp stops: 5 % of what there is, between 128 MiB and 1 GiB; nearer in a small cgroup. */
export function memoryFloor(total: number, groups: CgroupState): number {
  const host = clamp(total * FLOOR_SHARE, FLOOR_LEAST, FLOOR_MOST);
  if (groups.memory === null || groups.memory.max >= total) return Math.round(host);
  return Math.round(clamp(groups.memory.max * FLOOR_SHARE, CGROUP_FLOOR_LEAST, FLOOR_MOST));
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Throws InputError with the arithmetic when the goal does not fit, unless `force`. */
export function requireMemory(estimate: MemoryEstimate, goal: number, force: boolean): void {
  if (force || estimate.needed + estimate.floor <= estimate.free) return;
  throw new InputError(`not enough memory: ${memoryArithmetic(estimate, goal)}; --force goes on`);
}

/** `1000000 connections × 9008 B of kernel memory + … = …, and … is free (…)`. */
export function memoryArithmetic(estimate: MemoryEstimate, goal: number): string {
  const within = estimate.cgroupFree !== null && estimate.cgroupFree === estimate.free;
  return (
    `${goal} connections × ${estimate.kernelPerConnection} B of kernel memory + ` +
    `${mib(estimate.processes)} of processes + ${mib(estimate.floor)} kept free = ` +
    `${mib(estimate.needed + estimate.floor)}, and ${mib(estimate.free)} is free ` +
    (within
      ? '(limit of the memory cgroup)'
      : `(MemAvailable ${mib(estimate.memAvailable)}, of which open sockets pin ${mib(estimate.overstated)})`)
  );
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}

/** Worker processes each have about this many tasks: a main thread, V8's and the event loop's helpers. */
export const TASKS_PER_WORKER = 11;

/** Throws InputError when the workers would not fit under a tasks limit, unless `force`. */
export function requireTasks(workers: number, groups: CgroupState, force: boolean): void {
  const group = groups.tasks;
  if (group === null || force) return;
  const needed = workers * TASKS_PER_WORKER;
  if (group.current + needed <= group.max) return;
  throw new InputError(
    `not enough tasks: ${workers} worker processes × ${TASKS_PER_WORKER} threads + ${group.current} in use ` +
      `= ${group.current + needed}, and ${group.file} allows ${group.max}; --force goes on`,
  );
}
