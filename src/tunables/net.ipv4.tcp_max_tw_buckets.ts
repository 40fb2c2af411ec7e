import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_max_tw_buckets',
  title: 'Sockets in TIME_WAIT that one network namespace may hold',
  shape: { kind: 'integer' },
  unit: 'sockets',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  negativeMeans: 'unlimited',
  bounds: { min: -2147483648n, max: 2147483647n },
  silentlyAccepts: [
    'Negative numbers, which mean no limit: the comparison is unsigned.',
    '0, which means no TIME_WAIT at all.',
  ],
  defaults: [
    {
      value: null,
      how: 'established-hash buckets / 2: 131072 at 24 GB of memory, 262144 at most without thash_entries',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'The side that closes first keeps the connection for 60 seconds. A server that closes 4,000 connections a second needs 240,000 places. Above the number the state is skipped, and only the counter TCPTimeWaitOverflow says so: current kernels print no warning.',
  cost: '256 bytes of slab each, and 256 more when it alone holds its local port: 1,048,576 are 256 to 512 MiB at worst.',
  danger:
    'Too low (5000 is a favourite of copied bundles) and late segments of an old connection hit a new one, or are answered with a reset. The kernel documentation says it must not be lowered. An orphan in FIN_WAIT_2 counts here too.',
  interlocks: [
    { key: 'net.ipv4.tcp_tw_reuse', why: 'It lets outgoing connections take over such sockets early.' },
    {
      key: 'net.ipv4.tcp_fin_timeout',
      why: 'Orphans in FIN_WAIT_2 of up to 60 seconds are kept in the same form and counted.',
    },
    {
      key: 'net.ipv4.tcp_child_ehash_entries',
      why: 'A namespace with its own small hash gets a default of buckets / 2.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_max_tw_buckets' },
    {
      kind: 'source',
      ref: 'net/ipv4/inet_timewait_sock.c inet_twsk_alloc, tcp_ipv4.c tcp_set_hashinfo (7.2.13)',
    },
    { kind: 'tested', ref: 'Values 0 and −5, the default, and a host held at its limit under load, on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(262144) }, live: '262144', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(131072) }, live: '5000', verdict: 'unmet' },
    {
      wanted: { kind: 'atLeast', value: integer(131072) },
      live: '-5',
      verdict: 'met',
      note: 'The kernel means no limit by it: raising it to a number would lower it.',
    },
  ],
};
