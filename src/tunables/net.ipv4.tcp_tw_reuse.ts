import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_tw_reuse',
  title: 'Whether an outgoing connection may take over a port pair that is still in TIME_WAIT',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 2n },
  silentlyAccepts: [],
  defaults: [
    { until: '4.18', value: '0', how: 'Off.' },
    { from: '4.19', value: '2', how: 'On for connections over the loopback interface only.' },
  ],
  relation: 'oneOf',
  effect: 'now',
  why: '0 is off, 1 on for all, 2 for loopback addresses only. It helps proxies and load generators, which open many connections to few addresses and run out of ports; it does nothing for accepted connections.',
  cost: 'No memory. The first second after the close is always protected, so a port pair is used again after one second instead of sixty.',
  danger:
    'Without timestamps on both sides it does nothing at all. With 1, a late segment of the old connection can meet the new one where clocks in between are strange; the kernel documentation asks for expert advice first.',
  interlocks: [
    { key: 'net.ipv4.tcp_timestamps', why: 'Reuse needs timestamps: with 0 no socket is ever taken over.' },
    { key: 'net.ipv4.tcp_tw_reuse_delay', why: 'It sets how long the first protected interval is.' },
    { key: 'net.ipv4.ip_local_port_range', why: 'A wider range is the safer answer to the same shortage.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_tw_reuse' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp_ipv4.c tcp_twsk_unique (7.2.13); mainline commit 79e9fed46038 (default 0 to 2)',
    },
    { kind: 'tested', ref: 'A range of ten ports, modes 0, 1 and 2, with and without timestamps, on 6.18' },
    { kind: 'unverified', ref: 'That commit 79e9fed46038 was first released in 4.19.' },
  ],
  examples: [
    { wanted: { kind: 'oneOf', values: [integer(1), integer(2)] }, live: '2', verdict: 'met' },
    { wanted: { kind: 'oneOf', values: [integer(1), integer(2)] }, live: '0', verdict: 'unmet' },
  ],
};
