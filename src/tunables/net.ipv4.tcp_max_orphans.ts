import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_max_orphans',
  title: 'Closing TCP sockets that no process holds any more, on the whole machine, before they are reset',
  shape: { kind: 'integer' },
  unit: 'sockets',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  bounds: { min: -2147483648n, max: 2147483647n },
  silentlyAccepts: [
    'Negative numbers.',
    'Values whose worst case is far beyond the memory: 3276800 orphans × 64 KiB is 200 GiB.',
  ],
  defaults: [
    {
      value: null,
      how: 'established-hash buckets / 2: 131072 at 24 GB of memory, 262144 at most without thash_entries',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'When a server with a million connections stops, its sockets become orphans in one moment. Those above this number are reset instead of closing in an orderly way. After a crash that is acceptable; during a planned restart it costs clients their last bytes.',
  cost: 'Up to about 64 KiB of unswappable memory for each orphan with unsent data: 262,144 orphans could hold 16 GiB; without queued data it is about 2.5 KiB each.',
  danger:
    'Too low: "too many orphaned sockets" in the log and resets of healthy connections, already at half of the number for peers that have long been silent, and at a quarter if ICMP errors came for them too. Far too high, an attacker can fill the memory with half-closed connections.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_orphan_retries',
      why: 'It decides how long an orphan with unacknowledged data lives.',
    },
    {
      key: 'net.ipv4.tcp_fin_timeout',
      why: 'It bounds the life of an orphan that waits for the other side to close.',
    },
    { key: 'net.ipv4.tcp_mem', why: 'The same check also resets orphans when TCP is above its max.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_max_orphans' },
    { kind: 'source', ref: 'net/ipv4/tcp.c tcp_init, tcp_timer.c tcp_out_of_resources (6.1.192, 7.2.13)' },
    { kind: 'tested', ref: 'Default and absence in a child namespace on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(131072) }, live: '262144', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(131072) }, live: '16384', verdict: 'unmet' },
  ],
};
