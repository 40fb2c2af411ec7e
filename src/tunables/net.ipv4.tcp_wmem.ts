import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_wmem',
  title: 'Send buffer of a TCP socket: guaranteed, initial and largest autotuned size',
  shape: { kind: 'tuple', fields: ['min', 'default', 'max'] },
  unit: 'bytes',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 1n, max: 2147483647n },
  silentlyAccepts: [
    'Triples out of order: no check that min ≤ default ≤ max.',
    'Absurdly small values, down to 1 1 1.',
    'A short vector: the fields that are left out keep their old values.',
  ],
  defaults: [
    {
      value: '4096 16384 4194304',
      how: 'min is one page (65536 with 64 KiB pages), max is min(4 MiB, RAM/128) and at least 65536',
    },
  ],
  relation: 'fields',
  effect: 're-listen',
  why: 'It bounds what the kernel holds for a client that reads slowly. The buffer grows on its own from the default towards max, so a larger default buys nothing for many mostly idle connections. A new namespace copies the initial namespace.',
  cost: 'Idle sockets cost nothing. A stalled reader can pin up to max bytes of unswappable memory: 10,000 stalled clients × 4 MiB is 39 GiB, braked only by tcp_mem.',
  danger:
    'A large default or max lets slow readers eat the memory of all others; a tiny max throttles every transfer. A refused write is not atomic: the fields before the bad one stay changed.',
  interlocks: [
    { key: 'net.ipv4.tcp_mem', why: 'All buffers together are bounded by tcp_mem, in pages.' },
    {
      key: 'net.ipv4.tcp_notsent_lowat',
      why: 'It bounds the unsent part of this buffer without limiting throughput.',
    },
    { key: 'net.core.wmem_max', why: 'It caps SO_SNDBUF only; autotuning goes by the max field here.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_wmem' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp.c tcp_init, tcp_ipv4.c tcp_sk_init (5.10.223, 6.1.192, 6.12.107, 7.2.13)',
    },
    { kind: 'tested', ref: 'Bounds, order and the buffer of fresh and accepted sockets on 6.18' },
  ],
  examples: [
    {
      wanted: {
        kind: 'fields',
        fields: [
          null,
          { kind: 'atMost', value: integer(65536) },
          { kind: 'between', low: integer(262144), high: integer(16777216) },
        ],
      },
      live: '4096\t16384\t4194304',
      verdict: 'met',
    },
    {
      wanted: { kind: 'fields', fields: [null, { kind: 'atMost', value: integer(65536) }, null] },
      live: '8388608\t8388608\t8388608',
      verdict: 'unmet',
      note: 'A common copied triple: 8 MiB initial send buffer for every socket.',
    },
  ],
};
