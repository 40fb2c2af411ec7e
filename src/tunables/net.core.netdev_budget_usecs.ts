import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.netdev_budget_usecs',
  title: 'Time that one round of network interrupt work may take',
  shape: { kind: 'integer' },
  unit: 'microseconds',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  bounds: { min: 2000n, max: 2147483647n },
  silentlyAccepts: [
    'Seconds, during which nothing else would run on the CPU.',
    'What is too small depends on the timer frequency: the kernel refuses less than two ticks, 2000 where HZ is 1000, 8000 where it is 250, 20000 where it is 100.',
  ],
  defaults: [{ value: null, how: 'Two timer ticks: 8000 where HZ is 250 (Debian), 2000 where it is 1000.' }],
  relation: 'atLeast',
  effect: 'now',
  why: 'A round ends at this time even if netdev_budget is not used up. Raise it together with the budget, and only if time_squeeze in /proc/net/softnet_stat grows.',
  cost: 'No memory. Programs on that CPU may wait that long.',
  danger:
    'Too low it cancels a larger netdev_budget. A value copied from a machine with another timer frequency is refused with EINVAL and the old one stays.',
  interlocks: [{ key: 'net.core.netdev_budget', why: 'A round ends at whichever limit comes first.' }],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/net.rst (6.12.117), netdev_budget_usecs' },
    { kind: 'source', ref: 'net/core/sysctl_net_core.c netdev_budget_usecs_min (6.1.192, 6.12.117, 7.2.13)' },
    { kind: 'tested', ref: 'Default with HZ 250, and absence in a child namespace, on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(8000) }, live: '8000', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: integer(8000) },
      live: '2000',
      verdict: 'unmet',
      note: 'The default where HZ is 1000.',
    },
  ],
};
