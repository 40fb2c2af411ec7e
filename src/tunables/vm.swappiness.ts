import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'vm.swappiness',
  title: 'Willingness to swap programs out rather than drop file cache, 0 to 200',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 0n, max: 200n },
  silentlyAccepts: ['Any value on a host without swap, where it changes nothing.'],
  defaults: [{ value: '60', how: 'The kernel. The range ended at 100 before 5.8.' }],
  relation: 'between',
  effect: 'now',
  why: 'Sockets and slab are never swapped, so the setting only decides how much of the server process stays in memory. At 10 to 60 the process stays and there is still a way out before the OOM killer.',
  cost: 'None in memory. A lower value keeps more of the program and less of the file cache.',
  danger:
    'With 0 swap is touched only when free memory and file cache are nearly gone: on a machine full of unswappable socket memory the OOM killer comes earlier. A high value swaps out the heap of a server whose latency counts.',
  interlocks: [{ key: 'vm.min_free_kbytes', why: 'That decides when reclaim begins, this what it takes.' }],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/vm.rst (6.12.117), swappiness' },
    { kind: 'source', ref: 'kernel/sysctl.c vm_table (6.1.192, 6.12.117), mm/vmscan.c (7.2.13)' },
    { kind: 'tested', ref: 'Default on 6.18' },
    { kind: 'unverified', ref: 'That the range ended at 100 before 5.8.' },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(1), high: integer(60) }, live: '60', verdict: 'met' },
    {
      wanted: { kind: 'between', low: integer(1), high: integer(60) },
      live: '0',
      verdict: 'unmet',
      note: 'Swap is held back until almost nothing is left.',
    },
  ],
};
