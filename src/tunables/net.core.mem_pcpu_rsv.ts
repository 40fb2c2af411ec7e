import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.mem_pcpu_rsv',
  title: 'Socket memory that each CPU may count for itself before it updates the common total',
  shape: { kind: 'integer' },
  unit: 'pages',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  bounds: { min: 16n, max: 2147483647n },
  silentlyAccepts: [
    'A reserve larger than tcp_mem, which makes the total meaningless.',
    'What is too small depends on the page size: the kernel refuses less than 1 MiB in pages, 256 with 4 KiB pages and 16 with 64 KiB.',
  ],
  defaults: [{ value: null, how: '1 MiB per CPU in pages: 256 with 4 KiB pages.' }],
  relation: 'atLeast',
  effect: 'now',
  why: 'The total that tcp_mem is compared with, and that sockstat prints as mem, is off by up to this much for every CPU: 16,384 pages, 64 MiB, on 64 CPUs. It explains figures; nobody needs to change it for connections.',
  cost: 'No memory of its own. A larger reserve means fewer updates of a shared counter and a coarser total.',
  danger: 'On a machine with many CPUs and little memory the error can reach a large part of tcp_mem.',
  interlocks: [
    { key: 'net.ipv4.tcp_mem', why: 'Its limits are compared with a total that is off by CPUs × this.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/net.rst (6.12.117), mem_pcpu_rsv' },
    { kind: 'source', ref: 'net/core/sysctl_net_core.c min_mem_pcpu_rsv (6.1.192, 6.12.117, 7.2.13)' },
    { kind: 'tested', ref: 'Default, and absence in a child namespace, on 6.18' },
    { kind: 'unverified', ref: 'The first release with it: 6.1.192 has it, earlier 6.1 releases may not.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(256) }, live: '256', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: integer(256) },
      live: '16',
      verdict: 'unmet',
      note: 'The default with 64 KiB pages, which is the same 1 MiB: compare bytes, not pages, across machines.',
    },
  ],
};
