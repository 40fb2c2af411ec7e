/** What a number of connections needs, as formulas of the goal. Figures: kernel memory measured per slab cache on 6.18. */
import { type Machine, SYSTEM_MEMORY_MOST } from '../../model/machine.ts';
import type { Triple } from './known.ts';

/** Kernel memory of one idle remote connection: socket, inode, dentry, file, epoll entry (4,037–4,085 bytes measured). */
export const KERNEL_BYTES_PER_SOCKET = 4_100n;
/** What an application with small per-connection state keeps for each. */
export const USER_BYTES_PER_SOCKET = 4_000n;
/** Descriptors of a server besides its connections: listeners, epoll, logs, libraries. */
export const OTHER_DESCRIPTORS = 1_000n;

export function powerOfTwoAtLeast(n: bigint): bigint {
  let power = 1n;
  while (power < n) power *= 2n;
  return power;
}

/** The nofile limit to ask for: 5 % above the goal, rounded up to a power of two. */
export function nofileFor(goal: bigint): bigint {
  return powerOfTwoAtLeast((goal * 105n + 99n) / 100n + OTHER_DESCRIPTORS);
}

/** System-wide open files for the goal and the rest of the system. */
export function fileMaxFor(goal: bigint): bigint {
  return (goal * 12n) / 10n + 100_000n;
}

/** Accept queue of a busy listener: 16,384 for half a million clients, 65,535 from a million on. */
export function backlogFor(goal: bigint): bigint {
  return goal >= 1_000_000n ? 65_535n : 16_384n;
}

/** tcp_mem in pages: 0.75, 1 and 1.5 pages per connection, and never more than 40 % of RAM. */
export function tcpMemFor(goal: bigint, machine: Machine): Triple {
  const most = (machine.memory.total * 4n) / 10n / BigInt(machine.pageSize);
  const max = (goal * 3n) / 2n < most ? (goal * 3n) / 2n : most;
  return [max / 2n, (max * 2n) / 3n, max];
}

/** The smallest machine on which so many bytes remain beside its base. */
export function machineFor(needed: bigint): bigint {
  const small = (needed * 4n + 2n) / 3n;
  const large = needed + SYSTEM_MEMORY_MOST;
  return small < large ? small : large;
}
