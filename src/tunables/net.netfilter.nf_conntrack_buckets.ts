import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.netfilter.nf_conntrack_buckets',
  title: 'Hash buckets of the connection tracking table, shared by all namespaces',
  shape: { kind: 'integer' },
  unit: 'buckets',
  scope: 'netns',
  reach: 'read-only-in-child',
  access: 'read-write',
  module: 'nf_conntrack',
  bounds: { min: 1n, max: 268434944n },
  silentlyAccepts: [
    'Any number, rounded up to a full page of buckets, 512 with 4 KiB pages: 393217 reads back as 393728.',
    'Far fewer buckets than nf_conntrack_max, which makes every packet walk a long chain.',
  ],
  defaults: [
    {
      value: null,
      how: '262144 above 4 GiB of memory, 65536 above 1 GiB, else memory / 16384 / 8, at least 1024; the module parameter hashsize replaces it.',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'Each connection is in the table twice, once per direction. With a million connections in 262144 buckets the chains are eight entries long on average.',
  cost: '8 bytes per bucket: 786,432 are 6 MiB. The change rebuilds the table under a lock with softirqs off, so make it before the load.',
  danger:
    'Too few: CPU time per packet grows with the number of connections. 0 is refused with EINVAL, and negative numbers or more than 268434944 with ENOMEM.',
  interlocks: [
    {
      key: 'net.netfilter.nf_conntrack_max',
      why: 'Writing buckets never moves the maximum, and writing the maximum never moves the buckets.',
    },
  ],
  sources: [
    {
      kind: 'kernel-doc',
      ref: 'Documentation/networking/nf_conntrack-sysctl.rst (6.12.117), nf_conntrack_buckets',
    },
    {
      kind: 'source',
      ref: 'net/netfilter/nf_conntrack_standalone.c nf_conntrack_hash_sysctl; nf_conntrack_core.c nf_ct_alloc_hashtable, nf_conntrack_hash_resize (6.12.117, 7.2.13)',
    },
    { kind: 'tested', ref: 'Default, and mode 0444 in a child namespace, on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(786432) }, live: '786432', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(786432) }, live: '262144', verdict: 'unmet' },
  ],
};
