import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.netdev_budget',
  title: 'Packets that one round of network interrupt work may handle',
  shape: { kind: 'integer' },
  unit: 'packets',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  bounds: { min: -2147483648n, max: 2147483647n },
  silentlyAccepts: ['0 and negative numbers, with which every round ends after the first poll.'],
  defaults: [{ value: '300', how: 'Fixed.' }],
  relation: 'atLeast',
  effect: 'now',
  why: 'When many clients send at once a round ends with packets left over. Raise it only if the third column of /proc/net/softnet_stat (time_squeeze) grows.',
  cost: 'No memory. Programs on that CPU wait longer for it: 600 packets are about a millisecond at most.',
  danger:
    'Too low: packets wait in the ring of the card and are dropped there. Too high: the server process itself is starved.',
  interlocks: [{ key: 'net.core.netdev_budget_usecs', why: 'A round ends at whichever limit comes first.' }],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/net.rst (6.12.117), netdev_budget' },
    {
      kind: 'source',
      ref: 'net/core/dev.c net_rx_action, net/core/sysctl_net_core.c (6.1.192, 6.12.117, 7.2.13)',
    },
    { kind: 'tested', ref: 'Default, and absence in a child namespace, on 6.18' },
    { kind: 'unverified', ref: 'The millisecond for 600 packets is an estimate.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(300) }, live: '600', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(600) }, live: '300', verdict: 'unmet' },
  ],
};
