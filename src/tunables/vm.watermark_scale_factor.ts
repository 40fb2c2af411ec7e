import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'vm.watermark_scale_factor',
  title: 'Distance between the marks at which background reclaim starts and stops',
  shape: { kind: 'integer' },
  unit: 'ten-thousandths',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 1n, max: 3000n },
  silentlyAccepts: ['3000, which keeps 30 % of the memory between two marks.'],
  defaults: [{ value: '10', how: 'The kernel: 0.1 % of the memory.' }],
  relation: 'between',
  effect: 'now',
  why: 'With a larger distance kswapd starts earlier and a burst of packets finds free pages without a direct reclaim in the middle of the traffic.',
  cost: 'At 50, 0.5 % of the memory per distance: 80 MB on 16 GB, and up to two distances are free while kswapd works. Nothing is pinned.',
  danger:
    'Too low: stalls in direct reclaim (allocstall in /proc/vmstat grows). Too high: reclaim runs all the time and throws the file cache away.',
  interlocks: [{ key: 'vm.min_free_kbytes', why: 'The marks lie above that reserve.' }],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/vm.rst (6.12.117), watermark_scale_factor' },
    {
      kind: 'source',
      ref: 'mm/page_alloc.c watermark_scale_factor_sysctl_handler (6.12.117), kernel/sysctl.c (6.1.192)',
    },
    { kind: 'tested', ref: 'Default on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(10), high: integer(200) }, live: '10', verdict: 'met' },
    {
      wanted: { kind: 'between', low: integer(10), high: integer(200) },
      live: '1000',
      verdict: 'unmet',
      note: 'A tenth of the memory between two marks.',
    },
  ],
};
