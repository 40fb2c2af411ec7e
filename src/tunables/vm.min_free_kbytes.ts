import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'vm.min_free_kbytes',
  title: 'Memory the kernel keeps free for allocations that cannot wait, such as received packets',
  shape: { kind: 'integer' },
  unit: 'KiB',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483647n },
  silentlyAccepts: [
    '0 and everything below 1024, with which the machine can lock up under load.',
    'More than the machine has, which makes the OOM killer start at once.',
  ],
  defaults: [
    {
      value: null,
      how: 'The square root of 16 × low memory in KiB, between 128 and 262144 (65536 on older kernels); huge pages raise it further: 67584 on a 24 GB machine.',
    },
  ],
  relation: 'between',
  effect: 'now',
  why: 'The network card delivers packets in interrupt context, where memory must be free now. With a million connections bursts are larger than the default reserve; 256 MiB absorbs them.',
  cost: 'The memory itself: 262144 KiB are 256 MiB that programs cannot use.',
  danger:
    'Too low: packets are dropped with "page allocation failure" in the log. Too high, above a few percent of the memory, takes memory from the sockets and can end in the OOM killer. Once written, the kernel recomputes it only upwards: adding memory never lowers it again.',
  interlocks: [
    {
      key: 'vm.watermark_scale_factor',
      why: 'A gentler way to the same end: it wakes reclaim earlier without pinning memory.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/vm.rst (6.12.117), min_free_kbytes' },
    {
      kind: 'source',
      ref: 'mm/page_alloc.c calculate_min_free_kbytes, min_free_kbytes_sysctl_handler (6.1.192, 6.12.117)',
    },
    { kind: 'tested', ref: 'Default on 6.18' },
    {
      kind: 'unverified',
      ref: 'That older kernels stopped at 65536, and that it is huge pages that raise the computed 19845 to 67584.',
    },
  ],
  examples: [
    {
      wanted: { kind: 'between', low: integer(262144), high: integer(838860) },
      live: '262144',
      verdict: 'met',
      note: 'Between 256 MiB and 5 % of 16 GiB.',
    },
    {
      wanted: { kind: 'between', low: integer(262144), high: integer(838860) },
      live: '67584',
      verdict: 'unmet',
    },
    {
      wanted: { kind: 'between', low: integer(262144), high: integer(838860) },
      live: '4194304',
      verdict: 'unmet',
      note: '4 GiB: a quarter of the machine.',
    },
  ],
};
