import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_max_syn_backlog',
  title: 'Half-open connections per listener above which unproven clients are dropped, with SYN cookies off',
  shape: { kind: 'integer' },
  unit: 'connections',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: -2147483648n, max: 2147483647n },
  silentlyAccepts: [
    'Negative numbers.',
    'Any number at all while SYN cookies are on, where it has no effect whatever it is.',
  ],
  defaults: [
    {
      value: null,
      how: 'max(128, established-hash buckets / 128): 2048 at 262144 buckets, 4096 at most without thash_entries',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'The kernel looks at it only when SYN cookies are off: then it drops clients it has not met before once fewer than a quarter of these places are free. With cookies on, the default, the queue is bounded by the backlog of listen() and by somaxconn alone.',
  cost: 'About 320 bytes of slab for each half-open connection (the kernel documentation says 304): 65,535 spoofed SYNs are 20 MiB.',
  danger:
    'The usual mistake is to raise it and believe that dropped SYNs are cured, while the listen backlog stays at 511 or 4096. Too low with SYN cookies off, a burst of clients is turned away.',
  interlocks: [
    { key: 'net.ipv4.tcp_syncookies', why: 'Unless SYN cookies are 0 this is never consulted.' },
    {
      key: 'net.core.somaxconn',
      why: 'It bounds the backlog of listen(), which is the limit that counts with SYN cookies on.',
    },
    {
      key: 'net.ipv4.tcp_child_ehash_entries',
      why: 'A namespace with its own small hash gets a default of buckets / 128.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_max_syn_backlog' },
    { kind: 'man', ref: 'listen(2)' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp_input.c tcp_conn_request, tcp_ipv4.c tcp_set_hashinfo (6.1.192, 6.12.107, 7.2.13)',
    },
    { kind: 'tested', ref: 'SYN_RECV counts with cookies 0 and 1 and values 1 to 2048 on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(16384) }, live: '65535', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(16384) }, live: '2048', verdict: 'unmet' },
    {
      wanted: { kind: 'atLeast', value: integer(16384) },
      live: '-1',
      verdict: 'unmet',
      note: 'The kernel takes it without complaint.',
    },
  ],
};
