import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_mem',
  title: 'Memory all TCP sockets of the machine may queue together: calm, pressure and hard limit',
  shape: { kind: 'tuple', fields: ['min', 'pressure', 'max'] },
  unit: 'pages',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  bounds: { min: 0n, max: 18446744073709551615n },
  silentlyAccepts: [
    'Any triple of unsigned longs, in any order, however far beyond the memory of the machine: there is no check at all.',
    'A number of bytes: 94500000 915000000 927000000 is 3.5 TB with 4 KiB pages and removes the limit.',
    'On 5.10 a negative number is skipped without an error; 6.1 and later refuse it.',
    'A short vector: the fields that are left out keep their old values.',
  ],
  defaults: [
    {
      value: null,
      how: 'pressure is 1/16 of the free buffer pages at boot (6.25 %), min is 3/4 of that (4.68 %), max is twice min (9.37 %); 287898 383866 575796 on a 24 GB machine',
    },
  ],
  relation: 'fields',
  effect: 'now',
  why: 'It is the only brake on the memory of all sockets together. Idle sockets count for nothing, but one queued byte counts as a whole page: a message to a million sockets at once needs about a million pages, 3.8 GiB with 4 KiB pages.',
  cost: 'It reserves nothing. Raised to [0.75 N, N, 1.5 N] for N = 1,000,000 it lets TCP take up to 5.7 GiB with 4 KiB pages before it drops.',
  danger:
    'Too low: above pressure windows shrink, above max segments are dropped and closing sockets are reset with "out of memory -- consider tuning tcp_mem". Too high, above half of the memory: the machine runs into the OOM killer before TCP slows down. The unit is pages, 4 KiB on most machines and 64 KiB on some arm64.',
  interlocks: [
    { key: 'net.ipv4.tcp_rmem', why: 'It bounds one socket; this bounds their sum.' },
    { key: 'net.ipv4.tcp_wmem', why: 'It bounds one socket; this bounds their sum.' },
    {
      key: 'net.ipv4.tcp_max_orphans',
      why: 'A closing socket is also reset while TCP as a whole is above the max field here.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_mem' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp.c tcp_init_mem, net/core/sock.c __sk_mem_raise_allocated (6.1.192, 6.12.107, 7.2.13)',
    },
    { kind: 'source', ref: 'kernel/sysctl.c __do_proc_doulongvec_minmax (5.10.223, 6.1.192, 7.2.13)' },
    {
      kind: 'tested',
      ref: '20,000 idle sockets and 10,000 sockets with 10 unread bytes each, /proc/net/sockstat, on 6.18',
    },
  ],
  examples: [
    {
      wanted: {
        kind: 'fields',
        fields: [
          { kind: 'atLeast', value: integer(750000) },
          { kind: 'atLeast', value: integer(1000000) },
          { kind: 'between', low: integer(1500000), high: integer(3000000) },
        ],
      },
      live: '750000\t1000000\t1500000',
      verdict: 'met',
    },
    {
      wanted: { kind: 'fields', fields: [null, null, { kind: 'atMost', value: integer(3000000) }] },
      live: '94500000\t915000000\t927000000',
      verdict: 'unmet',
      note: 'Meant as bytes, read as pages: 3.5 TB on a machine with 24 GB.',
    },
    {
      wanted: { kind: 'fields', fields: [null, null, { kind: 'atLeast', value: integer(1500000) }] },
      live: '287898\t383866\t575796',
      verdict: 'unmet',
      note: 'The default of a 24 GB machine: 2.2 GiB, too little for a message to a million sockets at once.',
    },
  ],
};
