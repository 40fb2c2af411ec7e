import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.wmem_default',
  title: 'Send buffer of a new socket that is not TCP',
  shape: { kind: 'integer' },
  unit: 'bytes',
  scope: 'netns',
  reach: 'read-only-in-child',
  access: 'read-write',
  bounds: { min: 4608n, max: 2147483647n },
  silentlyAccepts: ['A default above wmem_max: nothing compares the two.'],
  defaults: [{ value: '212992', how: '256 packets of 256 bytes with their overhead of 832 bytes.' }],
  relation: 'exactly',
  effect: 'new-sockets',
  why: 'TCP ignores it: the second field of tcp_wmem replaces it. It is here because almost every guide for many connections raises it.',
  cost: 'Nothing until data is queued: 212992 bytes allow each UDP, Unix and raw socket 208 KiB, 16777216 bytes allow it 16 MiB.',
  danger:
    'Megabytes here do nothing for TCP and let every local socket, syslog and D-Bus among them, build long queues.',
  interlocks: [
    { key: 'net.ipv4.tcp_wmem', why: 'The second field there is what TCP uses instead.' },
    { key: 'net.core.wmem_max', why: 'That bounds what a program may ask for.' },
  ],
  sources: [
    {
      kind: 'kernel-doc',
      ref: 'Documentation/networking/ip-sysctl.rst (6.12.117), tcp_wmem default; admin-guide/sysctl/net.rst',
    },
    {
      kind: 'source',
      ref: 'net/core/sock.c sock_init_data_uid, sysctl_wmem_default; net/ipv4/tcp.c tcp_init_sock (6.12.117)',
    },
    { kind: 'tested', ref: 'Default and mode 0444 in a child namespace on 6.18' },
    {
      kind: 'source',
      ref: 'net/core/sysctl_net_core.c: a child namespace shows it read-only (6.12.117, 7.2.13) or does not have it (6.1.192)',
    },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(212992) }, live: '212992', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(212992) }, live: '16777216', verdict: 'unmet' },
  ],
};
