import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_fin_timeout',
  title: 'How long a closed connection waits in FIN_WAIT_2 for the other side to close too',
  shape: { kind: 'integer' },
  unit: 'seconds',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: -8589934n, max: 8589934n },
  silentlyAccepts: [
    '0 and negative numbers, which act as 3.5 retransmission timeouts, the floor for every value.',
    'Up to INT_MAX / HZ: 8589934 where HZ is 250 (Debian), 2147483 where it is 1000, 21474836 where it is 100; more is EINVAL.',
  ],
  defaults: [{ value: '60', how: 'TCP_FIN_TIMEOUT, the same 60 seconds as TIME_WAIT.' }],
  relation: 'between',
  effect: 'now',
  why: 'A client that vanished half-way through the close leaves the server an orphan in FIN_WAIT_2 for this long. After a mass disconnect of a million clients that is a million small objects for a minute.',
  cost: '256 bytes for each waiting orphan up to 60 seconds; it counts against the limit of TIME_WAIT sockets.',
  danger:
    'It does not shorten TIME_WAIT, which is 60 seconds by a compile-time constant: guides that say so are wrong. Below 5 seconds, a slow client that is still sending its last data is answered with a reset.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_max_tw_buckets',
      why: 'An orphan in FIN_WAIT_2 of up to 60 seconds takes a place there.',
    },
    { key: 'net.ipv4.tcp_max_orphans', why: 'Longer waits mean more orphans at a time.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_fin_timeout' },
    {
      kind: 'source',
      ref: 'include/net/tcp.h tcp_fin_time, TCP_TIMEWAIT_LEN; kernel/sysctl.c jiffies conversion (6.1.192, 7.2.13)',
    },
    {
      kind: 'tested',
      ref: 'TIME_WAIT and FIN_WAIT_2 timers with the value 1, and the bounds with HZ 250, on 6.18',
    },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(5), high: integer(60) }, live: '60', verdict: 'met' },
    { wanted: { kind: 'between', low: integer(5), high: integer(60) }, live: '1', verdict: 'unmet' },
  ],
};
