import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.somaxconn',
  title: 'Largest backlog a listener can ask for: connections waiting for accept()',
  shape: { kind: 'integer' },
  unit: 'connections',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483647n },
  silentlyAccepts: [
    '0, after which a new listener holds one waiting connection.',
    'Any height: beyond a few seconds of arrivals a queue only hides an accept loop that is too slow, while clients time out in it.',
  ],
  defaults: [
    { until: '5.3', value: '128', how: 'Fixed.' },
    { from: '5.4', value: '4096', how: 'Fixed. A new namespace starts with it whatever the host has.' },
  ],
  relation: 'atLeast',
  effect: 're-listen',
  why: 'When a hundred thousand clients reconnect at once, connections arrive faster than accept() takes them. The kernel cuts the backlog of listen() to this value, and the cut backlog also bounds the half-open connections. The program must ask for more too: Node and nginx ask for 511.',
  cost: 'A waiting connection is a whole TCP socket, about 2.5 kB: 65535 of them are 164 MB for one listener under attack.',
  danger:
    'Too low: SYNs and last ACKs are dropped in silence, ListenOverflows rises, clients wait for retransmissions. A listener made before the change keeps its old backlog until it calls listen() again: look at Send-Q in ss -ltn. Kernels from 3.11 to about 4.19 refuse more than 65535 with EINVAL.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_max_syn_backlog',
      why: 'With SYN cookies on it has no effect; this value bounds the half-open connections.',
    },
    { key: 'net.ipv4.tcp_abort_on_overflow', why: 'It decides what a client sees when the queue is full.' },
    {
      key: 'net.ipv4.tcp_syncookies',
      why: 'Cookies are sent when the half-open connections reach the backlog.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (6.12), somaxconn' },
    { kind: 'man', ref: 'listen(2), NOTES' },
    {
      kind: 'source',
      ref: 'net/socket.c __sys_listen_socket (6.12.117), net/core/sysctl_net_core.c (6.1.192, 6.12.117, 7.2.13)',
    },
    {
      kind: 'report',
      ref: 'h2o issue 183: EINVAL above 65535; nginx listeners show Send-Q 511 (uber/kraken pull request 625)',
    },
    {
      kind: 'tested',
      ref: 'Bounds, one more than the backlog is admitted, old listeners keep theirs, Node listens with 511; on 6.18',
    },
    { kind: 'unverified', ref: 'The release after 4.19 that lifted the limit of 65535.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(16384) }, live: '65535', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: integer(16384) },
      live: '4096',
      verdict: 'unmet',
      note: 'The default, also in every new container.',
    },
  ],
};
