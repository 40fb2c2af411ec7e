import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv6.neigh.default.gc_thresh2',
  title: 'Neighbours (IPv6) above which entries not confirmed for five seconds are cleaned away',
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
    { value: '512', how: 'Fixed, whatever the memory; the table is shared by all network namespaces.' },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'Between this and the third threshold the kernel tries every five seconds to clean up. On a flat network with thousands of active peers a low value means constant work for nothing.',
  cost: '512 bytes of slab for each entry: 8,192 entries are 4 MiB.',
  danger:
    'Too low, the kernel scans the table again and again under load. It must lie between the first and the third threshold, and the kernel does not check.',
  interlocks: [
    { key: 'net.ipv6.neigh.default.gc_thresh1', why: 'The three must rise: first ≤ second ≤ third.' },
    { key: 'net.ipv6.neigh.default.gc_thresh3', why: 'The three must rise: first ≤ second ≤ third.' },
    {
      key: 'net.ipv4.neigh.default.gc_thresh2',
      why: 'The other address family has a table and thresholds of its own: set both.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), neigh/default/gc_thresh2' },
    { kind: 'source', ref: 'net/core/neighbour.c neigh_alloc, neigh_forced_gc (6.1.192, 7.2.13)' },
    {
      kind: 'tested',
      ref: 'Default, absence in a child namespace and an entry of 344 bytes before slab rounding (ip ntable) on 6.18',
    },
    {
      kind: 'unverified',
      ref: 'The initialiser of nd_tbl was not read in source; its default was read on 6.18 only.',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(4096) }, live: '4096', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(4096) }, live: '512', verdict: 'unmet' },
  ],
};
