import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_ehash_entries',
  title: 'Buckets of the hash table in which established connections are found',
  shape: { kind: 'integer' },
  unit: 'buckets',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-only',
  since: '6.1',
  bounds: { min: null, max: null },
  silentlyAccepts: [],
  defaults: [
    {
      from: '6.1',
      value: null,
      how: 'one bucket for each 128 KiB of memory, rounded to a power of two, 524288 at most unless the boot parameter thash_entries is given; 262144 at 24 GB',
    },
  ],
  relation: 'atLeast',
  effect: 'reboot',
  why: 'Each packet looks its connection up here. A million connections in 524,288 buckets are chains of two, which is fine; in 16,384 buckets they are chains of 61. The defaults of several other limits follow from this number.',
  cost: '8 bytes for each bucket: 4 MiB at 524,288, 16 MiB at 2,097,152.',
  danger:
    'A machine with little memory, or a namespace with its own small table, has long chains and spends its CPU in look-ups. In a child namespace a negative number means that it shares the table of the host: −262144 is 262,144 shared buckets, and reading the sign as part of the size gives a false alarm.',
  interlocks: [
    { key: 'net.ipv4.tcp_child_ehash_entries', why: 'It gives child namespaces tables of their own.' },
    { key: 'net.ipv4.tcp_max_tw_buckets', why: 'Its default is half of this number.' },
    { key: 'net.ipv4.tcp_max_orphans', why: 'Its default is half of this number.' },
    { key: 'net.ipv4.tcp_max_syn_backlog', why: 'Its default is this number / 128, at least 128.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_ehash_entries' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp.c tcp_init, sysctl_net_ipv4.c proc_tcp_ehash_entries (6.1.192, 7.2.13; absent in 5.10.223)',
    },
    { kind: 'tested', ref: '262144 on the host, −262144 in a child namespace, mode 0444 in both, on 6.18' },
    {
      kind: 'unverified',
      ref: 'That 6.1 is the first release with it: it came after 5.10 and not later than 6.1.',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(250000) }, live: '262144', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(250000) }, live: '65536', verdict: 'unmet' },
    {
      wanted: { kind: 'atLeast', value: integer(250000) },
      live: '-262144',
      verdict: 'unmet',
      note: 'A plain comparison misleads here: in a child namespace judge the size without its sign.',
    },
  ],
};
