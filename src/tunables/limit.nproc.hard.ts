import type { Tunable } from '../model/tunable.ts';
import { limit } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'limit.nproc.hard',
  title: 'Ceiling of the soft limit on processes and threads of the user',
  shape: { kind: 'limit' },
  unit: 'processes',
  scope: 'process',
  reach: 'process',
  access: 'read-write',
  bounds: { min: 0n, max: null },
  silentlyAccepts: [
    'unlimited, which leaves only kernel.threads-max, kernel.pid_max and the cgroup as limits.',
  ],
  defaults: [
    {
      value: null,
      how: 'Half of kernel.threads-max, given to the first process and inherited: 96364 on a 24 GB machine.',
    },
  ],
  relation: 'atLeast',
  effect: 'new-session',
  why: 'A process may raise its soft limit up to it. It matters to servers with a thread per connection and to nobody else.',
  cost: 'Nothing by itself; a kernel stack of 16 KiB and more per thread in use.',
  danger:
    'Too low the soft limit cannot be raised without privileges. Too high, a runaway program of one user can take all threads of the machine; pids.max of the cgroup is the better fence.',
  interlocks: [
    { key: 'limit.nproc.soft', why: 'The soft limit is the one that is enforced.' },
    { key: 'kernel.threads-max', why: 'Beyond it this limit has no meaning.' },
  ],
  sources: [
    { kind: 'man', ref: 'getrlimit(2) RLIMIT_NPROC; systemd.exec(5) LimitNPROC= (prefers TasksMax=)' },
    { kind: 'source', ref: 'kernel/fork.c fork_init (6.12.117)' },
    { kind: 'tested', ref: 'Default on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: limit(32768) }, live: 'unlimited', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: limit(32768) }, live: '4096', verdict: 'unmet' },
  ],
};
