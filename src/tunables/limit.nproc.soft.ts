import type { Tunable } from '../model/tunable.ts';
import { limit } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'limit.nproc.soft',
  title: 'Processes and threads of the user at which fork fails',
  shape: { kind: 'limit' },
  unit: 'processes',
  scope: 'process',
  reach: 'process',
  access: 'read-write',
  bounds: { min: 0n, max: null },
  silentlyAccepts: ['A limit below the number of threads the user has: nothing ends, nothing new starts.'],
  defaults: [
    {
      value: null,
      how: 'Half of kernel.threads-max, given to the first process and inherited: 96364 on a 24 GB machine.',
    },
  ],
  relation: 'atLeast',
  effect: 'new-session',
  why: 'It counts every thread of the same real user, in all its processes. A server with a thread per connection needs as many as connections; an event-driven one needs a few dozen.',
  cost: 'Nothing by itself; a kernel stack of 16 KiB and more per thread in use.',
  danger:
    'Too low: fork and pthread_create fail with EAGAIN, for the server and for every other program of that user. Root and processes with CAP_SYS_RESOURCE or CAP_SYS_ADMIN are exempt, so a test as root shows nothing.',
  interlocks: [
    { key: 'limit.nproc.hard', why: 'The soft limit cannot exceed it.' },
    { key: 'kernel.threads-max', why: 'The limit of the machine; half of it is the default here.' },
    { key: 'kernel.pid_max', why: 'Each thread needs an ID too.' },
  ],
  sources: [
    { kind: 'man', ref: 'getrlimit(2) RLIMIT_NPROC; systemd.exec(5) LimitNPROC= (prefers TasksMax=)' },
    { kind: 'source', ref: 'kernel/fork.c fork_init, copy_process (6.12.117)' },
    { kind: 'tested', ref: 'Default on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: limit(32768) }, live: '96364', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: limit(32768) }, live: '4096', verdict: 'unmet' },
  ],
};
