import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { bytes, group } from './support/format.ts';
import { KERNEL_BYTES_PER_SOCKET } from './support/sizing.ts';

const CODE = 'lowmem-wall';

/** A 32-bit kernel maps less than 900 MB directly, and sockets and their buffers must lie there, however much RAM there is. */
export const rule: Rule = {
  code: CODE,
  interlocks: [],
  title: 'The sockets fit in the memory that the kernel maps directly',
  requires: [],
  sources: ['proc(5), /proc/meminfo: LowTotal, LowFree', 'Documentation/mm/highmem.rst (6.12)'],
  check: ({ snapshot, goal }): readonly (RuleFinding | Unchecked)[] => {
    const { bits, memory } = snapshot.machine;
    if (memory.lowTotal === null) {
      return bits === 32
        ? [{ code: CODE, why: 'this is a 32-bit kernel, but /proc/meminfo has no LowTotal to compare with' }]
        : [];
    }
    const need = goal * KERNEL_BYTES_PER_SOCKET;
    if (need <= memory.lowTotal) return [];
    const free = memory.lowFree === null ? '' : ` (${bytes(memory.lowFree)} free)`;
    const fits = memory.lowTotal > 0n ? memory.lowTotal / KERNEL_BYTES_PER_SOCKET : 0n;
    return [
      {
        code: CODE,
        severity: 'error',
        subject: 'LowTotal',
        what: `This 32-bit kernel has ${bytes(memory.lowTotal)} of low memory${free}, where every socket must lie: ${group(goal)} × ${group(KERNEL_BYTES_PER_SOCKET)} B = ${bytes(need)}, so the OOM killer comes before ${group(fits)} connections, with most of ${bytes(memory.total)} still free.`,
        remedy: `Install a 64-bit kernel; until then stay below ${group(fits)} connections (\`--goal ${fits}\`).`,
      },
    ];
  },
};
