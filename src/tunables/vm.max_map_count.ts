import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'vm.max_map_count',
  title: 'Memory mappings that one process may have',
  shape: { kind: 'integer' },
  unit: 'mappings',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483647n },
  silentlyAccepts: [
    '0 or any value below what processes map now: they stay, and their next mmap or thread fails.',
  ],
  defaults: [
    { value: '65530', how: 'The kernel: 65535 less 5 for core dumps.' },
    {
      value: '1048576',
      how: 'Fedora 39 and later, in a sysctl.d file; Ubuntu 24.04 is reported to have it too.',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'Connections do not take mappings. Threads do, two each (stack and guard page), so a process ends near 32,000 threads at the default; databases and search engines that map files need 262144 or more.',
  cost: 'About 192 bytes of slab per mapping in use: 1,048,576 are 200 MB.',
  danger:
    'Too low: mmap fails with ENOMEM and pthread_create with EAGAIN while memory is free. Lowering it below the default breaks programs that start fine today.',
  interlocks: [
    {
      key: 'kernel.threads-max',
      why: 'Two mappings per thread: this ends a process with many threads first.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/vm.rst (6.12.117), max_map_count' },
    {
      kind: 'source',
      ref: 'include/linux/mm.h DEFAULT_MAX_MAP_COUNT, kernel/sysctl.c (6.1.192, 6.12.117), mm/mmap.c (7.2.13)',
    },
    { kind: 'vendor-doc', ref: 'Fedora change “Increase vm.max_map_count value” (Fedora 39)' },
    { kind: 'tested', ref: 'Default and size of vm_area_struct (192 bytes) on 6.18' },
    { kind: 'unverified', ref: 'That Ubuntu 24.04 has 1048576.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(65530) }, live: '1048576', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(262144) }, live: '65530', verdict: 'unmet' },
  ],
};
