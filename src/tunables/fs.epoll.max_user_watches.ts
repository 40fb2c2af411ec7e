import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'fs.epoll.max_user_watches',
  title: 'Descriptors that one user may have registered in epoll, over all its processes',
  shape: { kind: 'integer' },
  unit: 'watches',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 0n, max: 9223372036854775807n },
  silentlyAccepts: [
    '0 or any value below what is registered now: existing registrations stay, every new one fails.',
  ],
  defaults: [
    {
      value: null,
      how: 'A twenty-fifth of low memory divided by the size of a registration (184 bytes on 6.18, 64-bit): 5491489 on a 24 GB machine, about 915,000 on 4 GB.',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'An event-driven server registers every connection. The limit counts per real user ID across all processes, so workers and services that share a user share it.',
  cost: 'Nothing reserved. A registration takes about 208 bytes of slab: 208 MB for a million.',
  danger:
    'Too low: EPOLL_CTL_ADD fails with ENOSPC, which many servers report as a full disk. The default is short of a million only below about 4.6 GB of memory; elsewhere somebody lowered it.',
  interlocks: [
    { key: 'limit.nofile.hard', why: 'A process cannot register more descriptors than it may open.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/fs.rst (6.12.117), max_user_watches' },
    { kind: 'man', ref: 'epoll(7), /proc interfaces; epoll_ctl(2), ENOSPC' },
    { kind: 'source', ref: 'fs/eventpoll.c EP_ITEM_COST, ep_alloc_epitem, epoll_table (6.1.192, 6.12.117)' },
    { kind: 'tested', ref: 'Default and slab bytes per registration on 6.18' },
    { kind: 'unverified', ref: 'ENOSPC was read in the source and not provoked: the key is global.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(1100000) }, live: '5491489', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: integer(1100000) },
      live: '915000',
      verdict: 'unmet',
      note: 'About what a machine with 4 GB starts with.',
    },
  ],
};
