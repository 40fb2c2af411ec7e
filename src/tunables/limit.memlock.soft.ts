import type { Tunable } from '../model/tunable.ts';
import { limit } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'limit.memlock.soft',
  title: 'Memory that an unprivileged process may lock against swapping',
  shape: { kind: 'limit' },
  unit: 'bytes',
  scope: 'process',
  reach: 'process',
  access: 'read-write',
  bounds: { min: 0n, max: null },
  silentlyAccepts: [
    'In limits.conf a number meant as bytes: the unit there is KiB, so 8388608 becomes 8 GiB.',
  ],
  defaults: [
    { until: '5.15', value: '65536', how: 'The kernel: 64 KiB.' },
    { from: '5.16', value: '8388608', how: 'The kernel: 8 MiB; systemd sets the same for its services.' },
  ],
  relation: 'atLeast',
  effect: 'new-session',
  why: 'Socket buffers are memory of the kernel and do not count. It matters only to servers that use io_uring with registered buffers, AF_XDP, or mlockall.',
  cost: 'Nothing until used; then up to that much memory of one process, 8 MiB at the default, can never be swapped.',
  danger:
    'Too low: mlock, io_uring registration or AF_XDP fail with ENOMEM, or with EPERM at 0. Processes with CAP_IPC_LOCK are exempt, so a test as root shows nothing.',
  interlocks: [{ key: 'limit.memlock.hard', why: 'The soft limit cannot exceed it.' }],
  sources: [
    { kind: 'man', ref: 'getrlimit(2) RLIMIT_MEMLOCK, mlock(2), limits.conf(5) (KB)' },
    {
      kind: 'source',
      ref: 'include/uapi/linux/resource.h MLOCK_LIMIT (6.12.117); systemd src/basic/constants.h DEFAULT_RLIMIT_MEMLOCK (257.13), which names 5.16',
    },
    { kind: 'tested', ref: 'Default on 6.18, and KiB in limits.conf with Linux-PAM 1.5.2' },
    { kind: 'unverified', ref: 'Which io_uring and AF_XDP operations count against it.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: limit(8388608) }, live: '8388608', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: limit(8388608) },
      live: '65536',
      verdict: 'unmet',
      note: 'The default before 5.16.',
    },
  ],
};
