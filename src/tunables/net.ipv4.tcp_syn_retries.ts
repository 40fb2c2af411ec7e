import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_syn_retries',
  title: 'How often a client repeats its SYN before connect() fails',
  shape: { kind: 'integer' },
  unit: 'attempts',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 1n, max: 127n },
  silentlyAccepts: ['Values above 10, with which a connect() to a dead address hangs for many minutes.'],
  defaults: [
    {
      value: '6',
      how: 'Six repeats: given up after 131 seconds with four linear timeouts (6.5 and later), after 127 without.',
    },
  ],
  relation: 'between',
  effect: 'now',
  why: 'It rules outgoing connections only: proxies and load generators whose backend drops SYNs hold a socket and a port for as long as it repeats. A server that only accepts never uses it.',
  cost: 'A socket of about 2.5 KiB and a local port for up to two minutes for each attempt to a dead address.',
  danger:
    'Below 3 a short outage makes every connect() fail; high values exhaust the ports when a backend disappears.',
  interlocks: [
    { key: 'net.ipv4.ip_local_port_range', why: 'Each attempt that hangs keeps one of these ports.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_syn_retries' },
    {
      kind: 'source',
      ref: 'include/net/tcp.h TCP_SYN_RETRIES, MAX_TCP_SYNCNT; tcp_syn_linear_timeouts is absent in 6.1.192, present in 6.12.107',
    },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
    { kind: 'unverified', ref: 'That 6.5 is the first release with linear SYN timeouts.' },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(3), high: integer(6) }, live: '6', verdict: 'met' },
    { wanted: { kind: 'between', low: integer(3), high: integer(6) }, live: '1', verdict: 'unmet' },
  ],
};
