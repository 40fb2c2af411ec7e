import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.wmem_max',
  title: 'Largest send buffer a program may ask for with SO_SNDBUF',
  shape: { kind: 'integer' },
  unit: 'bytes',
  scope: 'netns',
  reach: 'read-only-in-child',
  access: 'read-write',
  bounds: { min: 4608n, max: 2147483647n },
  silentlyAccepts: [
    'Hundreds of megabytes, which any program may then fill per socket: the kernel doubles what SO_SNDBUF asks for.',
  ],
  defaults: [
    {
      until: '6.12',
      value: '212992',
      how: '256 packets of 256 bytes with their overhead of 832 bytes; up to 6.16 as far as known.',
    },
    { from: '6.18', value: '4194304', how: 'Raised to 4 MiB together with rmem_max.' },
  ],
  relation: 'between',
  effect: 'now',
  why: 'It does not bound TCP: autotuning goes by tcp_wmem alone. It bounds programs that set SO_SNDBUF themselves.',
  cost: 'Nothing until a program asks. Then up to twice the value per socket.',
  danger:
    'Writing 212992 from an old guide lowers a new kernel. A high value lets a slow reader pin that much memory per socket of any program that asks for it.',
  interlocks: [
    { key: 'net.ipv4.tcp_wmem', why: 'That bounds TCP sockets which do not set SO_SNDBUF.' },
    { key: 'net.core.wmem_default', why: 'The default of sockets other than TCP.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/net.rst (6.12.117, 7.2.13), wmem_max' },
    { kind: 'man', ref: 'socket(7), SO_SNDBUF and SO_SNDBUFFORCE' },
    { kind: 'source', ref: 'net/core/sock.c sk_setsockopt, sysctl_wmem_max (6.12.117, 7.2.13)' },
    { kind: 'tested', ref: 'Floor of 4608, default and mode 0444 in a child namespace, on 6.18' },
    { kind: 'unverified', ref: 'The first release with 4 MiB: after 6.12 and not later than 6.18.' },
    {
      kind: 'source',
      ref: 'net/core/sysctl_net_core.c: a child namespace shows it read-only (6.12.117, 7.2.13) or does not have it (6.1.192)',
    },
  ],
  examples: [
    {
      wanted: { kind: 'between', low: integer(212992), high: integer(67108864) },
      live: '212992',
      verdict: 'met',
    },
    {
      wanted: { kind: 'between', low: integer(212992), high: integer(67108864) },
      live: '134217728',
      verdict: 'unmet',
    },
  ],
};
