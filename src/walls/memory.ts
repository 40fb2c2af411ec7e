/** Memory: RAM, the limit of a control group, and LOWMEM on a 32-bit kernel, as connections. */
import { SYSTEM_MEMORY_MOST, systemMemory } from '../model/machine.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { LimitFinding, Wall, WallAssumptions } from '../model/wall.ts';
import { open, unknown, type WallContext, type WallFamily, wallAt } from './context.ts';
import { groupCharge } from './group-charge.ts';
import { bytesPerConnection, socketSize } from './socket-size.ts';
import { bytes, gibibytes, group } from './terms.ts';

/**
 * A tenth of low memory is never a socket's: of 829 MiB a booted system had 33, and the OOM killer came with 46 still free
 * (docs/evidence/article.md).
 */
const LOW_MEMORY_SHARE = 10n;

export const memory: WallFamily = (context) => [
  ...ram(context),
  ...controlGroup(context),
  ...lowMemory(context),
];

export interface ConnectionCost {
  /** Bytes per connection, all of it. */
  readonly all: bigint;
  /** The kernel's part that must lie in LOWMEM on a 32-bit kernel. */
  readonly kernel: bigint;
  /** `4,046 B of kernel (…) + 205 B queued + 0 B of the program`. */
  readonly text: string;
  readonly kernelText: string;
}

/** What one connection costs, under the assumptions. */
export function connectionCost(
  snapshot: Snapshot,
  { ends, busy, idleBytes }: WallAssumptions,
): ConnectionCost {
  const size = socketSize(snapshot);
  const sockets = bytesPerConnection(size, ends);
  const queued = queuedBytes(snapshot, busy);
  const kernelText = `${group(sockets)} B of kernel memory (${size.basis}${ends === 2 ? ', both ends' : ''}) + ${group(queued)} B queued (${busy.text} busy)`;
  return {
    all: sockets + queued + idleBytes,
    kernel: sockets + queued,
    kernelText,
    text: `${kernelText} + ${group(idleBytes)} B of the program`,
  };
}

/** Queued data takes a page at least, at one end: the sender's until it arrives, then the receiver's until it is read. */
function queuedBytes({ machine }: Snapshot, busy: WallAssumptions['busy']): bigint {
  return (BigInt(machine.pageSize) * busy.numerator + busy.denominator - 1n) / busy.denominator;
}

function ram(context: WallContext): readonly LimitFinding[] {
  const { snapshot, assumptions } = context;
  const { total } = snapshot.machine.memory;
  const name = { limit: 'memory', key: 'RAM', side: 'both', scope: 'host' } as const;
  if (total <= 0n) return [unknown(name, 'the size of memory could not be read')];
  const base = systemMemory(total);
  const cost = connectionCost(snapshot, assumptions);
  const need = assumptions.target * cost.all + SYSTEM_MEMORY_MOST;
  return [
    fits(name, total - base, cost.all, assumptions, {
      current: bytes(total),
      arithmetic: `(${bytes(total)} − ${bytes(base)} for everything else) / (${cost.text})`,
      why: 'Sockets cannot be swapped: when memory is gone the OOM killer ends the server.',
      action: `Use a machine with at least ${gibibytes(need)} GiB`,
    }),
  ];
}

function controlGroup(context: WallContext): readonly LimitFinding[] {
  const { snapshot, assumptions } = context;
  const { memoryMax, memoryFile, unread } = snapshot.machine.cgroup;
  const key = memoryFile?.split('/').at(-1) ?? 'memory.max';
  const name = { limit: 'memory of the control group', key, side: 'both', scope: 'cgroup' } as const;
  if (unread !== undefined) return [unknown(name, `the control group could not be read (${unread})`)];
  if (memoryMax === null) return [open(name, 'no control group on the way to the root limits memory')];
  const { busy, ends, idleBytes } = assumptions;
  const charge = groupCharge(snapshot, ends);
  const queued = queuedBytes(snapshot, busy);
  const each = charge.bytes + queued + idleBytes;
  const need = gibibytes(assumptions.target * each + (1n << 28n));
  return [
    fits(name, memoryMax, each, assumptions, {
      current: `${memoryMax}`,
      arithmetic: `${bytes(memoryMax)} / (${group(charge.bytes)} B charged for kernel objects (${charge.basis}) + ${group(queued)} B queued (${busy.text} busy) + ${group(idleBytes)} B of the program), less the program itself`,
      why: 'The kernel’s objects of sockets and files are charged to the group; at its limit the group’s processes are killed.',
      action: `\`systemctl set-property UNIT.service MemoryMax=${need}G\`, or \`docker run --memory ${need}g\``,
    }),
  ];
}

function lowMemory({ snapshot, assumptions }: WallContext): readonly LimitFinding[] {
  const { bits, memory: has } = snapshot.machine;
  const name = { limit: 'low memory', key: 'LowTotal', side: 'both', scope: 'host' } as const;
  if (has.lowTotal === null) {
    return bits === 64
      ? [open(name, 'a 64-bit kernel maps all memory')]
      : [unknown(name, 'a 32-bit kernel, and /proc/meminfo has no LowTotal')];
  }
  const cost = connectionCost(snapshot, assumptions);
  const base = has.lowTotal / LOW_MEMORY_SHARE;
  const free = has.lowFree === null ? '' : `, ${bytes(has.lowFree)} of it free now`;
  return [
    fits(name, has.lowTotal - base, cost.kernel, assumptions, {
      current: bytes(has.lowTotal),
      arithmetic: `(${bytes(has.lowTotal)} − ${bytes(base)} that the kernel has and keeps) / (${cost.kernelText})${free}`,
      why: 'On a 32-bit kernel sockets and their buffers lie in low memory, and the OOM killer comes while most RAM is free.',
      action: 'Install a 64-bit kernel',
    }),
  ];
}

function fits(
  name: Pick<Wall, 'limit' | 'key' | 'side' | 'scope'>,
  pool: bigint,
  each: bigint,
  { target }: WallAssumptions,
  text: {
    readonly current: string;
    readonly arithmetic: string;
    readonly why: string;
    readonly action: string;
  },
): LimitFinding {
  const at = pool > 0n ? pool / each : 0n;
  const raise = at >= target ? `Enough for ${group(target)}.` : `${text.action}.`;
  return wallAt(name, at, { current: text.current, arithmetic: text.arithmetic, why: text.why, raise });
}
