import { systemMemory, usableMemory } from '../model/machine.ts';
import type { Rule } from '../model/rule.ts';
import { bytes, group } from './support/format.ts';
import { KERNEL_BYTES_PER_SOCKET, machineFor, USER_BYTES_PER_SOCKET } from './support/sizing.ts';

const CODE = 'memory-below-goal';

/** R ≥ N × (kernel + user bytes per connection) + what the system itself needs. Sockets, files and epoll entries count against memory.max. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I18'],
  title: 'Memory holds the goal',
  requires: [],
  sources: [
    'Slab bytes per socket: measured on 6.18',
    'Documentation/admin-guide/cgroup-v2.rst (6.12), memory.max',
  ],
  check: ({ snapshot, goal }) => {
    const { machine } = snapshot;
    const usable = usableMemory(machine);
    if (usable <= 0n) return [{ code: CODE, why: 'the size of memory could not be read' }];
    const base = systemMemory(usable);
    const kernel = goal * KERNEL_BYTES_PER_SOCKET + base;
    const whole = kernel + goal * USER_BYTES_PER_SOCKET;
    if (usable >= whole) return [];
    const enough = roundUpToGiB(machineFor(goal * (KERNEL_BYTES_PER_SOCKET + USER_BYTES_PER_SOCKET)));
    const limited = usable < machine.memory.total;
    const has = limited
      ? `${bytes(usable)} (memory.max of its cgroup, of ${bytes(machine.memory.total)} RAM)`
      : `${bytes(usable)} of RAM`;
    const fits = (usable - base) / KERNEL_BYTES_PER_SOCKET;
    const idle = `${group(goal)} × ${group(KERNEL_BYTES_PER_SOCKET)} B + ${bytes(base)} = ${bytes(kernel)}`;
    const withUser = `${group(goal)} × (${group(KERNEL_BYTES_PER_SOCKET)} + ${group(USER_BYTES_PER_SOCKET)}) B + ${bytes(base)} = ${bytes(whole)}`;
    const raise = limited
      ? `raise the cgroup's limit (\`systemctl set-property UNIT.service MemoryMax=${enough}G\`, or \`docker run --memory ${enough}g\`)`
      : `use a machine with at least ${enough} GiB`;
    return [
      usable < kernel
        ? {
            code: CODE,
            severity: 'error' as const,
            subject: limited ? 'memory.max' : 'MemTotal',
            what: `The kernel alone needs ${idle} for idle connections, and there is ${has}: it ends near ${group(fits)}.`,
            remedy: `Lower the goal (\`--goal ${fits}\`) or ${raise}.`,
          }
        : {
            code: CODE,
            severity: 'warning' as const,
            subject: limited ? 'memory.max' : 'MemTotal',
            what: `A server that keeps ${group(USER_BYTES_PER_SOCKET)} B per connection needs ${withUser}, and there is ${has}; the kernel's own share, ${idle}, fits.`,
            remedy: `Keep the server's state per connection below ${group((usable - kernel) / goal)} B, or ${raise}.`,
          },
    ];
  },
};

function roundUpToGiB(n: bigint): bigint {
  return (n + (1n << 30n) - 1n) >> 30n;
}
