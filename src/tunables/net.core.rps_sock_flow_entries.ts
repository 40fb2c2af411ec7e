import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.rps_sock_flow_entries',
  title: 'Size of the table that sends packets to the CPU where the program reads them',
  shape: { kind: 'integer' },
  unit: 'entries',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  bounds: { min: 0n, max: 536870912n },
  silentlyAccepts: [
    'Any number, rounded up to the next power of two: 50000 reads back as 65536.',
    'A size without rps_flow_cnt set on the receive queues, which changes nothing.',
  ],
  defaults: [{ value: '0', how: 'Receive flow steering is off.' }],
  relation: 'atLeast',
  effect: 'now',
  why: 'It helps when few receive queues serve many busy CPUs. It counts active flows, not connections, so a million idle connections need none of it.',
  cost: '4 bytes per entry: 65536 are 256 KiB. Each received packet pays for a look-up.',
  danger:
    'Too small for the active flows, flows collide and packets move between CPUs. A huge size can fail with ENOMEM.',
  interlocks: [
    {
      key: 'net.core.netdev_max_backlog',
      why: 'Steered packets wait in the backlog of the CPU they are sent to.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/scaling.rst (6.12.117), RFS configuration' },
    { kind: 'source', ref: 'net/core/sysctl_net_core.c rps_sock_flow_sysctl (6.1.192, 6.12.117, 7.2.13)' },
    { kind: 'tested', ref: 'Default, and absence in a child namespace, on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(32768) }, live: '65536', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(32768) }, live: '0', verdict: 'unmet' },
  ],
};
