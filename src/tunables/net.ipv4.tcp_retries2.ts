import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_retries2',
  title: 'Retransmissions of unacknowledged data before a live connection is given up',
  shape: { kind: 'integer' },
  unit: 'attempts',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['0 to 7, below what RFC 1122 demands.', 'Values above 15, which mean many hours.'],
  defaults: [{ value: '15', how: 'At least 924.6 seconds, about fifteen minutes.' }],
  relation: 'between',
  effect: 'now',
  why: 'A message to a client that vanished is repeated until this number is reached; the socket and the unsent data stay in memory all that time. After a broadcast that reaches many dead clients, 8 (about 100 seconds) frees the memory nine times sooner than 15.',
  cost: 'At least a page of socket memory for each dead client with unacknowledged data: 100,000 are 390 MiB for fifteen minutes.',
  danger:
    'Below 8, less than the 100 seconds of RFC 1122, connections die in outages they should survive: a train in a tunnel, a failover.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_orphan_retries',
      why: 'It rules the same retries once the process has closed the socket.',
    },
    {
      key: 'net.ipv4.tcp_keepalive_time',
      why: 'Probes find dead clients with nothing in flight; this finds those with data in flight.',
    },
    { key: 'net.ipv4.tcp_mem', why: 'Unacknowledged data counts there until it is given up.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_retries2' },
    { kind: 'source', ref: 'include/net/tcp.h TCP_RETR2 (7.2.13)' },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(8), high: integer(15) }, live: '15', verdict: 'met' },
    { wanted: { kind: 'between', low: integer(8), high: integer(15) }, live: '3', verdict: 'unmet' },
  ],
};
