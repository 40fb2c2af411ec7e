import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_child_ehash_entries',
  title: 'Buckets of a private connection hash for network namespaces made from this one',
  shape: { kind: 'integer' },
  unit: 'buckets',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  since: '6.1',
  bounds: { min: 0n, max: 16777216n },
  silentlyAccepts: [
    'Numbers that are no power of two: the table of the child is rounded up (3 becomes 4).',
    'Tiny numbers that cripple every namespace made later.',
  ],
  defaults: [{ from: '6.1', value: '0', how: '0 means that children share the table of the host.' }],
  relation: 'exactly',
  effect: 'new-sockets',
  why: 'It takes effect only on namespaces made afterwards, and the kernel reads it in the namespace of the process that makes them. Sharing is right for a machine that serves one large service; a private table keeps noisy neighbours apart.',
  cost: '8 bytes for each bucket and namespace: 1,048,576 buckets are 8 MiB for every container.',
  danger:
    'Small values cripple the children: their limits for TIME_WAIT and for half-open connections are derived from it (4 buckets give 2 and 128). If the memory is not there the child silently shares the table of the host.',
  interlocks: [
    { key: 'net.ipv4.tcp_ehash_entries', why: 'It shows what a namespace has got: negative when shared.' },
    { key: 'net.ipv4.tcp_max_tw_buckets', why: 'In the child its default is half of the buckets.' },
    { key: 'net.ipv4.tcp_max_syn_backlog', why: 'In the child its default is buckets / 128, at least 128.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_child_ehash_entries' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp_ipv4.c tcp_set_hashinfo (7.2.13); absent in 5.10.223, present in 6.1.192',
    },
    { kind: 'tested', ref: 'Rounding, derived limits of a child, and bounds on 6.18' },
    {
      kind: 'unverified',
      ref: 'That 6.1 is the first release with it: it came after 5.10 and not later than 6.1.',
    },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(0) }, live: '0', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(0) }, live: '1024', verdict: 'unmet' },
  ],
};
