import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_adv_win_scale',
  title: 'Share of the receive buffer kept back for overhead: without effect since Linux 6.6',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: -31n, max: 31n },
  silentlyAccepts: ['Every value from −31 to 31 on kernels since 6.6, which ignore all of them.'],
  defaults: [{ value: '1', how: 'Half of the buffer; tcp(7) still says 2, which is out of date.' }],
  relation: 'exactly',
  effect: 'now',
  why: 'Since 6.6 the kernel measures the overhead of each socket and never looks at this number. A line that sets it is dead weight and can be removed.',
  cost: 'None since 6.6. On older kernels 2 announces 75 % of the buffer instead of 50 %, up to 50 % more data in flight for each connection.',
  danger:
    'On kernels before 6.6 a wrong value announces windows that the buffer cannot hold, and received segments are pruned.',
  interlocks: [
    { key: 'net.ipv4.tcp_rmem', why: 'Before 6.6 it decided how much of that buffer became window.' },
  ],
  sources: [
    {
      kind: 'kernel-doc',
      ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_adv_win_scale: obsolete since 6.6',
    },
    { kind: 'source', ref: 'No use outside sysctl_net_ipv4.c and tcp_ipv4.c tcp_sk_init (7.2.13)' },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
    { kind: 'unverified', ref: 'That wrong values led to pruning before 6.6.' },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(1) }, live: '1', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(1) }, live: '2', verdict: 'unmet' },
  ],
};
