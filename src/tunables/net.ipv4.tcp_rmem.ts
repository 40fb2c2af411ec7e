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
    'Values below 4096 on kernels without the 2025 minimum (6.18 takes 1 1 1, which makes dead sockets).',
    'A short vector: the fields that are left out keep their old values.',
  ],
  defaults: [
    { until: '6.12', value: '4096 131072 6291456', how: 'max is min(6 MiB, RAM/128), at least 131072' },
    { from: '6.18', value: '4096 131072 33554432', how: 'max is min(32 MiB, RAM/128), at least 131072' },
  ],
  relation: 'fields',
  effect: 're-listen',
  why: 'The buffer is not allocated in advance: the default sets the first window and with it the worst case per socket. An accepted socket inherits the buffer its listener had when the listener was made.',
  cost: 'Idle sockets cost nothing. N sockets with a full buffer pin up to N × max bytes: 1,000,000 × 6 MiB would be 5.7 TiB, so tcp_mem is the real brake.',
  danger:
    'A huge default multiplies the worst case by N and invites slow-reader attacks; a min below 4096 stalls sockets; writing an old guide’s 6291456 as max lowers a 6.18 kernel, which has 33554432.',
  interlocks: [
    { key: 'net.ipv4.tcp_mem', why: 'All buffers together are bounded by tcp_mem, in pages.' },
    {
      key: 'net.core.rmem_max',
      why: 'The window scale comes from the larger of the two; autotuning ignores rmem_max.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (6.12), tcp_rmem' },
    { kind: 'source', ref: 'net/ipv4/tcp.c tcp_init, tcp_input.c tcp_rcv_space_adjust (6.12)' },
    { kind: 'tested', ref: 'Order, bounds, short vectors and inheritance from the listener on 6.18' },
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
