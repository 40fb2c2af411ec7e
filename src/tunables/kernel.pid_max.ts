import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'kernel.pid_max',
  title: 'Process and thread IDs wrap around below this number',
  shape: { kind: 'integer' },
  unit: 'processes',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 301n, max: 4194304n },
  silentlyAccepts: [
    'A value below the IDs in use: they keep running and only new IDs stay below it.',
    'On a machine with more than 37 CPUs the smallest accepted value is 8 × CPUs, not 301; on a 32-bit kernel the largest is 32768.',
  ],
  defaults: [
    { value: null, how: 'The kernel: the larger of 32768 and 1024 × CPUs, at most 4194304.' },
    { value: '4194304', how: 'systemd ships it in /usr/lib/sysctl.d/50-pid-max.conf for 64-bit machines.' },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'It matters only to servers with a thread or process per connection: every thread takes an ID. An event-driven server needs a few dozen.',
  cost: 'Nothing. Commands that print IDs need wider columns.',
  danger:
    'Too low: fork and clone fail with EAGAIN although memory is free. kernel.pid_max = 65536 from old guides lowers every systemd host from 4194304. From 6.14 on each PID namespace has its own, so a container starts at 4194304 within what its parents allow.',
  interlocks: [
    { key: 'kernel.threads-max', why: 'The smaller of the two ends the creation of threads.' },
    { key: 'limit.nproc.soft', why: 'The limit per user usually strikes first.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/kernel.rst (6.12.117), pid_max' },
    {
      kind: 'source',
      ref: 'kernel/pid.c pid_idr_init, include/linux/threads.h (6.1.192, 6.12.117); kernel/pid.c pid_table (7.2.13)',
    },
    { kind: 'source', ref: 'sysctl.d/50-pid-max.conf of systemd 252.39 and 257.13' },
    { kind: 'source', ref: 'include/linux/pid_namespace.h of v6.14-rc4 has pid_max, v6.10-rc4 has not' },
    {
      kind: 'tested',
      ref: 'Default 32768 with 2 CPUs and no systemd, 4194304 in a new PID namespace, on 6.18',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(32768) }, live: '4194304', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: integer(4194304) },
      live: '65536',
      verdict: 'unmet',
      note: 'A guide lowered it.',
    },
  ],
};
