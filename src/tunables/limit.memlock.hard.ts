import type { Tunable } from '../model/tunable.ts';
import { limit } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'limit.memlock.hard',
  title: 'Ceiling of the soft limit on locked memory',
  shape: { kind: 'limit' },
  unit: 'bytes',
  scope: 'process',
  reach: 'process',
  access: 'read-write',
  bounds: { min: 0n, max: null },
  silentlyAccepts: [
    'In limits.conf a number meant as bytes: the unit there is KiB. A systemd unit takes bytes and the suffixes K, M and G.',
  ],
  defaults: [
    { until: '5.15', value: '65536', how: 'The kernel: 64 KiB.' },
    { from: '5.16', value: '8388608', how: 'The kernel: 8 MiB; systemd sets the same for its services.' },
  ],
  relation: 'atLeast',
  effect: 'new-session',
  why: 'A process may raise its soft limit up to it. No TCP server needs it for connections; io_uring, AF_XDP and mlockall do.',
  cost: 'Nothing until used; then up to that much memory of one process, 8 MiB at the default, can never be swapped.',
  danger:
    'Too low the program cannot raise its own limit. unlimited lets any process of the user pin the whole memory.',
  interlocks: [{ key: 'limit.memlock.soft', why: 'The soft limit is the one that is enforced.' }],
  sources: [
    {
      kind: 'man',
      ref: 'getrlimit(2) RLIMIT_MEMLOCK, limits.conf(5) (KB), systemd.exec(5) LimitMEMLOCK= (bytes)',
    },
    {
      kind: 'source',
      ref: 'include/uapi/linux/resource.h MLOCK_LIMIT (6.12.117); systemd src/basic/rlimit-util.c rlimit_parse_size (257.13)',
    },
    { kind: 'tested', ref: 'Default on 6.18' },
    { kind: 'unverified', ref: 'Which io_uring and AF_XDP operations count against it.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: limit(8388608) }, live: 'unlimited', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: limit(67108864) },
      live: '8388608',
      verdict: 'unmet',
      note: 'A server that registers 64 MiB of buffers.',
    },
  ],
};
