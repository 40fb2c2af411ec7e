import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.ip_local_port_step_width',
  title: 'Largest random step of the port search after a port that was taken',
  shape: { kind: 'integer' },
  unit: 'ports',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  since: '7.1',
  bounds: { min: 0n, max: 4294967295n },
  silentlyAccepts: ['Steps wider than the port range, which act like the width of the range.'],
  defaults: [
    { from: '7.1', value: '0', how: 'Off: the search goes on with the next port of the same parity.' },
  ],
  relation: 'exactly',
  effect: 'now',
  why: 'Ports just behind a large reserved block are chosen more often than others, which upsets some firewalls. A random step spreads the choice. It gives no more ports, so it matters to few hosts.',
  cost: 'No memory. When the range of 28,232 ports is nearly full, random steps visit it in a less cache-friendly order.',
  danger:
    'On a very busy client more collisions and slower connect() calls near exhaustion, which is when speed matters most.',
  interlocks: [
    {
      key: 'net.ipv4.ip_local_reserved_ports',
      why: 'A useful step is larger than the largest reserved block.',
    },
    { key: 'net.ipv4.ip_local_port_range', why: 'The step is cut to the width of the range.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), ip_local_port_step_width' },
    {
      kind: 'source',
      ref: 'net/ipv4/inet_hashtables.c __inet_hash_connect, sysctl_net_ipv4.c (7.2.13); mainline commit 7da62262ec96 of 10 March 2026',
    },
    { kind: 'tested', ref: 'Absent on 6.18' },
    {
      kind: 'unverified',
      ref: 'That 7.1 is the first release with it: the commit came after the merge window of 7.0.',
    },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(0) }, live: '0', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(0) }, live: '1024', verdict: 'unmet' },
  ],
};
