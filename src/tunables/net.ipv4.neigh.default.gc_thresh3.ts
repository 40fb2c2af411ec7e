import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.neigh.default.gc_thresh3',
  title: 'Neighbours (IPv4) at which a new one is refused if nothing can be cleaned away',
  shape: { kind: 'integer' },
  unit: 'entries',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483647n },
  silentlyAccepts: [
    'Thresholds in the wrong order: no check against the other two.',
    '0, which cleans or refuses at once.',
  ],
  defaults: [
    { value: '1024', how: 'Fixed, whatever the memory; the table is shared by all network namespaces.' },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'When the table is full and nothing can be cleaned, connections to new peers on the same link fail with ENOBUFS. A million clients behind one router are one entry; a load test from thousands of addresses on one link needs thousands. Permanent entries do not count.',
  cost: '512 bytes of slab for each entry: 16,384 entries are 8 MiB.',
  danger:
    'Too low, "arp_cache: neighbor table overflow!" in the log and peers that cannot be reached. Very high, a scan of the link fills the memory: 1,048,576 entries are 512 MiB.',
  interlocks: [
    { key: 'net.ipv4.neigh.default.gc_thresh2', why: 'The three must rise: first ≤ second ≤ third.' },
    { key: 'net.ipv4.neigh.default.gc_thresh1', why: 'The three must rise: first ≤ second ≤ third.' },
    {
      key: 'net.ipv6.neigh.default.gc_thresh3',
      why: 'The other address family has a table and thresholds of its own: set both.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), neigh/default/gc_thresh3' },
    {
      kind: 'source',
      ref: 'net/ipv4/arp.c arp_tbl, net/core/neighbour.c neigh_alloc, neigh_forced_gc (6.1.192, 7.2.13)',
    },
    {
      kind: 'tested',
      ref: 'Default, absence in a child namespace and an entry of 336 bytes before slab rounding (ip ntable) on 6.18',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(8192) }, live: '8192', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(8192) }, live: '1024', verdict: 'unmet' },
  ],
};
