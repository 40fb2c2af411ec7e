import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'kernel.threads-max',
  title: 'Threads of the whole machine together',
  shape: { kind: 'integer' },
  unit: 'processes',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 1n, max: 1073741823n },
  silentlyAccepts: [
    '1 or any value below the threads that run now: they stay, and nothing can start any more.',
  ],
  defaults: [
    {
      value: null,
      how: 'As many threads as would fill an eighth of the memory with their kernel stacks (16 KiB each on x86-64): 192729 on a 24 GB machine.',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'It matters only to servers with a thread per connection. An event-driven server never comes near it.',
  cost: 'Nothing reserved; each thread takes a kernel stack of 16 KiB and about as much again, so a million threads are 16 GB of stacks alone.',
  danger:
    'Too low: fork and pthread_create fail with EAGAIN, also for the shell that should repair it. Root is not exempt.',
  interlocks: [
    { key: 'kernel.pid_max', why: 'Each thread needs an ID too.' },
    {
      key: 'limit.nproc.hard',
      why: 'The kernel gives the first process half of this as its nproc limit, and all others inherit it.',
    },
    {
      key: 'vm.max_map_count',
      why: 'Within one process the mappings of the stacks run out first, near 32,000 threads.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/kernel.rst (6.12.117), threads-max' },
    {
      kind: 'source',
      ref: 'kernel/fork.c set_max_threads, sysctl_max_threads, copy_process (6.1.192, 6.12.117)',
    },
    { kind: 'tested', ref: 'Default on 6.18' },
    { kind: 'unverified', ref: 'The memory of a thread beside its 16 KiB kernel stack.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(32768) }, live: '192729', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(192729) }, live: '65536', verdict: 'unmet' },
  ],
};
