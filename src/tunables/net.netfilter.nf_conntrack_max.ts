import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.netfilter.nf_conntrack_max',
  title: 'Connections that the firewall may track in each namespace',
  shape: { kind: 'integer' },
  unit: 'connections',
  scope: 'netns',
  reach: 'read-only-in-child',
  access: 'read-write',
  module: 'nf_conntrack',
  bounds: { min: 0n, max: 2147483647n },
  silentlyAccepts: [
    '0, which means no limit up to 6.12; 7.2 refuses it.',
    'A number far above the buckets, which makes every look-up walk a long chain.',
  ],
  defaults: [
    {
      value: null,
      how: 'The number of buckets: 262144 above 4 GiB of memory, 65536 above 1 GiB, else memory / 16384 / 8, at least 1024; eight times the buckets if those were given as a module parameter.',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'If any rule uses connection tracking or NAT, every connection takes an entry, and the default is always below 500,000. If none does, the module may be loaded and the limit still means nothing: nf_conntrack_count stays 0. The same value also appears as net.nf_conntrack_max.',
  cost: '256 bytes of slab per tracked connection and as much again for extensions: 0.5 to 0.75 GB for 1,572,864. notrack for the port of the service costs nothing and needs no limit.',
  danger:
    'Too low: "nf_conntrack: table full, dropping packet", new clients time out, established ones go on. Set before the module is loaded, the line in sysctl.d is skipped at boot with one line in the log.',
  interlocks: [
    {
      key: 'net.netfilter.nf_conntrack_buckets',
      why: 'Raised alone, the hash chains grow: keep at least one bucket for four entries.',
    },
    {
      key: 'net.netfilter.nf_conntrack_tcp_timeout_established',
      why: 'It decides how long dead connections occupy entries.',
    },
  ],
  sources: [
    {
      kind: 'kernel-doc',
      ref: 'Documentation/networking/nf_conntrack-sysctl.rst (6.12.117), nf_conntrack_max',
    },
    {
      kind: 'source',
      ref: 'net/netfilter/nf_conntrack_core.c nf_conntrack_init_start, __nf_conntrack_alloc, early_drop_list; nf_conntrack_standalone.c (6.1.192, 6.12.117, 7.2.13)',
    },
    { kind: 'report', ref: 'systemd issue 43362: skipped at boot when the module comes later' },
    {
      kind: 'tested',
      ref: 'Default, mode 0444 in a child namespace, slab size, and a count of 0 without rules, on 6.18',
    },
    { kind: 'unverified', ref: 'The bytes of the extensions per entry.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(1572864) }, live: '1572864', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: integer(1572864) },
      live: '262144',
      verdict: 'unmet',
      note: 'The default of every machine with more than 4 GiB.',
    },
  ],
};
