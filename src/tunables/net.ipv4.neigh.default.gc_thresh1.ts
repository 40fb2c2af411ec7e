import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.neigh.default.gc_thresh1',
  title: 'Neighbours (IPv4) below which the kernel never cleans its table',
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
    { value: '128', how: 'Fixed, whatever the memory; the table is shared by all network namespaces.' },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'Only hosts on the same link count: a million clients behind one router are one neighbour. On a flat network with hundreds of peers a value above their number keeps the kernel from forgetting and asking again all the time.',
  cost: '512 bytes of slab for each entry: 4,096 entries that are never cleaned are 2 MiB.',
  danger:
    'Too low, entries of live peers are thrown away and the next packet to them waits for a fresh question. Above the second or third threshold it makes no sense, and the kernel does not check.',
  interlocks: [
    { key: 'net.ipv4.neigh.default.gc_thresh2', why: 'The three must rise: first ≤ second ≤ third.' },
    { key: 'net.ipv4.neigh.default.gc_thresh3', why: 'The three must rise: first ≤ second ≤ third.' },
    {
      key: 'net.ipv6.neigh.default.gc_thresh1',
      why: 'The other address family has a table and thresholds of its own: set both.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), neigh/default/gc_thresh1' },
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
    { wanted: { kind: 'atLeast', value: integer(1024) }, live: '1024', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(1024) }, live: '128', verdict: 'unmet' },
  ],
};
