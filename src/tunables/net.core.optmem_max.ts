import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.optmem_max',
  title: 'Side memory of one socket: control messages, filters, zero-copy notices',
  shape: { kind: 'integer' },
  unit: 'bytes',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483647n },
  silentlyAccepts: [
    '0, with which no socket filter or multicast membership can be set up.',
    'On 6.1 and earlier also negative numbers, and there it is one value for the whole machine.',
  ],
  defaults: [
    { until: '6.1', value: '20480', how: 'Derived from the size of a control message vector, on 64-bit.' },
    { from: '6.12', value: '131072', how: 'Raised when the key became per-namespace.' },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'An ordinary TCP server uses a few hundred bytes of it, if any. Zero-copy sending (MSG_ZEROCOPY) and large filters need more than the old default.',
  cost: 'Nothing until used; then up to the value per socket, in memory that cannot be swapped.',
  danger:
    'Too low: sendmsg, setsockopt or zero-copy sends fail with ENOBUFS or ENOMEM. The 25165824 of many guides does nothing for connections and lets a socket pin 24 MiB.',
  interlocks: [{ key: 'net.core.wmem_max', why: 'Payload is counted there, side memory here.' }],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/net.rst (6.12.117), optmem_max' },
    {
      kind: 'source',
      ref: 'net/core/sock.c sock_kmalloc, sock_omalloc; net/core/sysctl_net_core.c (6.1.192, 6.12.117)',
    },
    { kind: 'tested', ref: 'Default and bounds in a child namespace on 6.18' },
    {
      kind: 'unverified',
      ref: 'The release between 6.1 and 6.12 that raised the default and made it per-namespace.',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(20480) }, live: '131072', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(131072) }, live: '20480', verdict: 'unmet' },
  ],
};
