import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.netdev_max_backlog',
  title: 'Packets that may wait for one CPU when they do not come straight from a network card driver',
  shape: { kind: 'integer' },
  unit: 'packets',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  negativeMeans: 'unlimited',
  bounds: { min: -2147483648n, max: 2147483647n },
  silentlyAccepts: [
    'Negative numbers, which remove the limit: the length is compared as unsigned.',
    '0, which lets one packet wait per CPU.',
  ],
  defaults: [{ value: '1000', how: 'Fixed.' }],
  relation: 'atLeast',
  effect: 'now',
  why: 'Loopback, veth and receive packet steering pass packets through this queue; a driver with NAPI and no steering does not use it. A soak test over loopback and every container behind veth do.',
  cost: 'The packets that wait, for each CPU: 16384 small ones are about 12 MB, full-sized ones several times as much.',
  danger:
    'Too low: packets are dropped before TCP sees them, the second column of /proc/net/softnet_stat rises. Too high: old packets wait long, and latency grows before anything is dropped.',
  interlocks: [{ key: 'net.core.netdev_budget', why: 'The budget decides how fast the queue is emptied.' }],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/net.rst (6.12.117), netdev_max_backlog' },
    {
      kind: 'source',
      ref: 'net/core/dev.c enqueue_to_backlog, net/core/sysctl_net_core.c (6.1.192, 6.12.117, 7.2.13)',
    },
    { kind: 'tested', ref: 'Default, and absence in a child namespace, on 6.18' },
    {
      kind: 'unverified',
      ref: 'That a negative number removes the limit was read in the source and not tried: the key is global. The bytes per packet are an estimate from slab sizes.',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(5000) }, live: '16384', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(5000) }, live: '1000', verdict: 'unmet' },
  ],
};
