import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_keepalive_intvl',
  title: 'Time between keepalive probes once the first one went unanswered',
  shape: { kind: 'integer' },
  unit: 'seconds',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: -8589934n, max: 8589934n },
  silentlyAccepts: [
    '0 and negative numbers.',
    'Up to INT_MAX / HZ: 8589934 where HZ is 250 (Debian), 2147483 where it is 1000, 21474836 where it is 100; more is EINVAL. The socket option stops at 32767.',
  ],
  defaults: [{ value: '75', how: 'TCP_KEEPALIVE_INTVL.' }],
  relation: 'between',
  effect: 'now',
  why: 'It decides with the number of probes how soon a silent client is given up after its first missed answer: 9 × 75 seconds is eleven minutes, 5 × 30 two and a half.',
  cost: 'Only peers that do not answer cost these extra probes: 100,000 vanished clients at 30 seconds are 3,333 probes a second until they are given up.',
  danger:
    'A very short interval kills clients that are merely in a tunnel; a very long one keeps dead sockets and their memory.',
  interlocks: [
    { key: 'net.ipv4.tcp_keepalive_time', why: 'A dead peer is found after time + interval × probes.' },
    { key: 'net.ipv4.tcp_keepalive_probes', why: 'A dead peer is found after time + interval × probes.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_keepalive_intvl' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp_timer.c tcp_keepalive_timer; include/net/tcp.h MAX_TCP_KEEPINTVL (7.2.13)',
    },
    { kind: 'tested', ref: 'Bounds with HZ 250 on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(10), high: integer(75) }, live: '30', verdict: 'met' },
    { wanted: { kind: 'between', low: integer(10), high: integer(75) }, live: '1', verdict: 'unmet' },
  ],
};
