import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.ip_unprivileged_port_start',
  title: 'First port that a process without privileges may bind',
  shape: { kind: 'integer' },
  unit: 'port',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 65535n },
  silentlyAccepts: ['0, which makes every port free for everybody.'],
  defaults: [
    {
      value: '1024',
      how: 'PROT_SOCK, the classic boundary; container engines often set 0 in their namespaces.',
    },
  ],
  relation: 'atMost',
  effect: 'now',
  why: 'The low end of the port range may not be under it. It matters for a profile only as a condition: a range from 1024 needs 1024 or less here.',
  cost: 'No memory. Each port below 1024 that is opened can be taken by any local user: with 0 that is all 1,023.',
  danger:
    'A value above the low end of the port range is EINVAL. Too low, a local user can answer in place of a crashed ssh or web server; too high, services without privileges can no longer bind their port.',
  interlocks: [
    {
      key: 'net.ipv4.ip_local_port_range',
      why: 'Its low end must stay at or above this: raise the range first, then this; lower this first, then the range.',
    },
  ],
  sources: [
    {
      kind: 'kernel-doc',
      ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), ip_unprivileged_port_start',
    },
    { kind: 'source', ref: 'net/ipv4/sysctl_net_ipv4.c ipv4_privileged_ports (6.1.192, 7.2.13)' },
    { kind: 'tested', ref: 'Bounds, and EINVAL above the low end of the range, on 6.18' },
    { kind: 'unverified', ref: 'That container engines set 0 in their namespaces.' },
  ],
  examples: [
    { wanted: { kind: 'atMost', value: integer(1024) }, live: '1024', verdict: 'met' },
    { wanted: { kind: 'atMost', value: integer(1024) }, live: '2048', verdict: 'unmet' },
  ],
};
