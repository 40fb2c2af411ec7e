/** The machine a snapshot was taken on: what formulas, rules and walls may depend on besides the facts. */
import type { PortSpan } from './value.ts';

export type Sandbox =
  | 'none'
  | 'docker'
  | 'podman'
  | 'lxc'
  | 'openvz'
  | 'wsl1'
  | 'wsl2'
  | 'gvisor'
  | 'container';

/** yes and no are proven; unknown is its own answer. */
export type Ternary = 'yes' | 'no' | 'unknown';

export interface Memory {
  /** Bytes, from /proc/meminfo. */
  readonly total: bigint;
  readonly available: bigint;
  /** Bytes of directly mapped memory on a 32-bit kernel, where all socket buffers must live; null elsewhere. */
  readonly lowTotal: bigint | null;
  readonly lowFree: bigint | null;
}

export interface CgroupLimits {
  /** Lowest memory.max on the path from the process to the root, bytes; null when nothing limits it. */
  readonly memoryMax: bigint | null;
  /** The file that holds it; missing when nothing limits memory or the file is not known. */
  readonly memoryFile?: string;
  /** Lowest pids.max on that path; null when nothing limits it. */
  readonly pidsMax: bigint | null;
  /** The errno for which the path could not be read, so that null says nothing; missing when it was read. */
  readonly unread?: string;
}

export interface Listener {
  readonly protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6';
  /** Numeric address as the kernel prints it, `0.0.0.0` and `::` for any. */
  readonly address: string;
  readonly port: number;
  /** The backlog the listener really has (min of what it asked for and somaxconn then); null when unknown. */
  readonly backlog: number | null;
}

/** Connection tracking: absent (no code), idle (code present, no rule uses it here), active (it limits connections). */
export type Conntrack = 'absent' | 'idle' | 'active' | 'unknown';

export interface Process {
  readonly pid: number;
  readonly name: string;
  /** How the user asked for it, for the report: `--pid`, `--service nginx`, or the parent shell. */
  readonly chosenBy: 'parent' | 'pid' | 'service';
  /** The systemd unit that was named, `nginx.service`; null otherwise. */
  readonly unit: string | null;
}

export interface Machine {
  readonly kernelRelease: string;
  readonly arch: string;
  readonly bits: 32 | 64;
  /** Bytes. */
  readonly pageSize: number;
  readonly cpus: number;
  readonly bootId: string | null;
  readonly memory: Memory;
  readonly distribution: { readonly id: string; readonly version: string; readonly name: string };
  /** The name of process 1: `systemd`, `init`, `busybox` … */
  readonly init: string;
  readonly sandbox: Sandbox;
  readonly sandboxEvidence: string | null;
  /** Is this the machine's initial network namespace? */
  readonly initialNetns: Ternary;
  readonly procSysWritable: Ternary;
  /** Effective capability bits of the process that gathered. */
  readonly capabilities: bigint;
  readonly uid: number;
  readonly cgroup: CgroupLimits;
  readonly conntrack: Conntrack;
  readonly listeners: readonly Listener[];
  /** Why the list of listeners is not complete; null when it is. */
  readonly listenersIncomplete: string | null;
  /** The process whose limits were read. */
  readonly subject: Process;
  /** Does that process live in the network namespace that was read? */
  readonly subjectSharesNetns: Ternary;
}

export const CAP_NET_ADMIN = 12n;
export const CAP_SYS_ADMIN = 21n;
export const CAP_SYS_RESOURCE = 24n;

export function hasCapability({ capabilities }: Pick<Machine, 'capabilities'>, bit: bigint): boolean {
  return ((capabilities >> bit) & 1n) === 1n;
}

/** The bytes that this machine may really use: RAM, or less where a cgroup says so. */
export function usableMemory(machine: Machine): bigint {
  const { memoryMax } = machine.cgroup;
  return memoryMax !== null && memoryMax < machine.memory.total ? memoryMax : machine.memory.total;
}

/** The most that a machine needs for the kernel itself, system services and the page cache: 1.5 GiB. */
export const SYSTEM_MEMORY_MOST = 3n << 29n;

/** What the system itself needs of so many usable bytes: 1.5 GiB, or a quarter of a small machine. */
export function systemMemory(usable: bigint): bigint {
  return usable / 4n < SYSTEM_MEMORY_MOST ? usable / 4n : SYSTEM_MEMORY_MOST;
}

/** The bytes that sockets may take: all usable memory, or on a 32-bit kernel only what is directly mapped (LOWMEM). */
export function socketMemory(machine: Machine): bigint {
  const usable = usableMemory(machine);
  const { lowTotal } = machine.memory;
  return lowTotal !== null && lowTotal < usable ? lowTotal : usable;
}

/** Listening ports, TCP and UDP, as spans of one port each (not merged). */
export function listeningPorts(machine: Machine): readonly PortSpan[] {
  return [...new Set(machine.listeners.map((l) => l.port))].sort((a, b) => a - b).map((p) => [p, p] as const);
}

/**
 * Compares kernel releases by their leading numbers: `6.12.3-cloud` against `6.6`. Negative when `a` is older.
 * Only the fields that both sides give are compared, so `5.4` covers every 5.4.x.
 */
export function compareRelease(a: string, b: string): number {
  const numbers = (text: string) => (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const left = numbers(a);
  const right = numbers(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = (left[i] ?? 0) - (right[i] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
