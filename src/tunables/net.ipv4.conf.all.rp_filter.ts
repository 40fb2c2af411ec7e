import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.conf.all.rp_filter',
  title: 'Floor for every interface of the check that the way back to a source address is plausible',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: -2147483648n, max: 2147483647n },
  silentlyAccepts: ['Any integer: −1 and 100 are stored as they are. Above 2 it acts like 2.'],
  defaults: [
    {
      value: '0',
      how: 'The kernel leaves it off, but systemd and distributions often ship 2 for every interface. A new namespace copies the initial one, unless net.core.devconf_inherit_init_net says otherwise.',
    },
  ],
  relation: 'oneOf',
  effect: 'now',
  why: '0 is off, 1 strict, 2 loose. The mode of an interface is the larger of this and its own setting, so both must be read. Hosts with several addresses or uplinks, and load generators with many source addresses, lose packets in strict mode.',
  cost: 'One more route look-up for each packet without a cached route; none for packets of established connections.',
  danger:
    'Strict mode drops packets that arrive on another interface than the answer would take, without a trace but the counter IPReversePathFilter. 0 lets spoofed source addresses in; 2 keeps most of the protection.',
  interlocks: [],
  sources: [
    {
      kind: 'kernel-doc',
      ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), rp_filter: the maximum of all and the interface',
    },
    {
      kind: 'source',
      ref: 'include/linux/inetdevice.h IN_DEV_RPFILTER, net/ipv4/fib_frontend.c __fib_validate_source, devinet.c devinet_init_net (7.2.13)',
    },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
    { kind: 'unverified', ref: 'That packets of established connections skip the look-up (early demux).' },
  ],
  examples: [
    { wanted: { kind: 'oneOf', values: [integer(0), integer(2)] }, live: '2', verdict: 'met' },
    { wanted: { kind: 'oneOf', values: [integer(0), integer(2)] }, live: '1', verdict: 'unmet' },
  ],
};
