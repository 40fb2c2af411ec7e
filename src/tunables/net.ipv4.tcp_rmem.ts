import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_rmem',
  title: 'Receive buffer of a TCP socket: guaranteed, initial and largest autotuned size',
  shape: { kind: 'tuple', fields: ['min', 'default', 'max'] },
  unit: 'bytes',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 1n, max: 2147483647n },
  silentlyAccepts: [
    'Triples out of order (4096 1048576 65536): no check that min ≤ default ≤ max.',
    'Values below 4096, down to 1 1 1, which make dead sockets: 6.18 and 6.12.107 take them; 6.1.192 and 7.2.13 refuse them with EINVAL.',
    'A short vector: the fields that are left out keep their old values.',
  ],
  defaults: [
    {
      until: '6.12',
      value: '4096 131072 6291456',
      how: 'min is one page, max is min(6 MiB, RAM/128) and at least 131072',
    },
    {
      from: '6.18',
      value: '4096 131072 33554432',
      how: 'min is one page, max is min(32 MiB, RAM/128) and at least 131072',
    },
  ],
  relation: 'fields',
  effect: 're-listen',
  why: 'The buffer is not allocated in advance: the default sets the first window and with it the worst case per socket. An accepted socket inherits the buffer its listener had when the listener was made, so a running service keeps the old default until it restarts. A new namespace copies the initial namespace, not its parent.',
  cost: 'Idle sockets cost nothing. N sockets with a full buffer pin up to N × max bytes: 1,000,000 × 6 MiB would be 5.7 TiB, so tcp_mem is the real brake.',
  danger:
    'A huge default multiplies the worst case by N and invites slow-reader attacks; a min below 4096 stalls sockets; writing 6291456 as max, as older guides do, lowers a 6.18 kernel, which has 33554432. A refused write is not atomic: the fields before the bad one stay changed.',
  interlocks: [
    { key: 'net.ipv4.tcp_mem', why: 'All buffers together are bounded by tcp_mem, in pages.' },
    {
      key: 'net.core.rmem_max',
      why: 'The window scale comes from the larger of the two; autotuning ignores rmem_max.',
    },
    {
      key: 'net.ipv4.tcp_moderate_rcvbuf',
      why: 'With autotuning off the buffer stays at the default field for ever.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (6.12), tcp_rmem' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp.c tcp_init and sysctl_net_ipv4.c (5.10.223, 6.1.192, 6.12.107, 7.2.13)',
    },
    { kind: 'source', ref: 'net/ipv4/tcp_input.c tcp_rcv_space_adjust (6.12)' },
    { kind: 'tested', ref: 'Order, bounds, short vectors and inheritance from the listener on 6.18' },
    { kind: 'unverified', ref: 'Which release between 6.13 and 6.18 raised max from 6 MiB to 32 MiB.' },
  ],
  examples: [
    {
      wanted: {
        kind: 'fields',
        fields: [
          { kind: 'atLeast', value: integer(4096) },
          { kind: 'between', low: integer(4096), high: integer(131072) },
          { kind: 'atLeast', value: integer(1048576) },
        ],
      },
      live: '4096\t131072\t6291456',
      verdict: 'met',
    },
    {
      wanted: { kind: 'fields', fields: [null, { kind: 'atMost', value: integer(131072) }, null] },
      live: '4096\t16777216\t16777216',
      verdict: 'unmet',
      note: 'A 16 MiB default for every socket.',
    },
  ],
};
