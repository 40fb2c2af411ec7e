import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.netfilter.nf_conntrack_tcp_timeout_established',
  title: 'How long the firewall remembers an established TCP connection that is silent',
  shape: { kind: 'integer' },
  unit: 'seconds',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  module: 'nf_conntrack',
  bounds: { min: -8589934n, max: 8589934n },
  silentlyAccepts: [
    '0 and negative numbers.',
    'Up to INT_MAX / HZ: 8589934 where HZ is 250 (Debian), 2147483 where it is 1000, 21474836 where it is 100; more is EINVAL.',
  ],
  defaults: [{ value: '432000', how: 'Five days.' }],
  relation: 'between',
  effect: 'now',
  why: 'A connection that is silent for longer is forgotten. The next packet then matches no NAT entry and is dropped or answered with a reset: idle connections die one by one. Each packet starts the time anew with the value of that moment.',
  cost: 'The longer, the longer dead clients occupy entries of about 500 bytes. With five days and a million clients that vanish without a FIN each day, five million entries remain.',
  danger:
    'The 600 of many guides kills every connection that is silent for ten minutes. It must exceed a whole keepalive cycle, better two.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_keepalive_time',
      why: 'Probes keep the entry alive only if the first comes before this time is over.',
    },
    { key: 'net.ipv4.tcp_keepalive_intvl', why: 'time + interval × probes is the cycle that must fit in.' },
    { key: 'net.ipv4.tcp_keepalive_probes', why: 'time + interval × probes is the cycle that must fit in.' },
    {
      key: 'net.netfilter.nf_conntrack_max',
      why: 'Entries of dead connections count against it until they time out.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/nf_conntrack-sysctl.rst (6.12.117)' },
    { kind: 'source', ref: 'net/netfilter/nf_conntrack_proto_tcp.c nf_conntrack_tcp_packet (6.12.117)' },
    { kind: 'tested', ref: 'Default, per namespace, and bounds with HZ 250, on 6.18' },
    { kind: 'unverified', ref: 'What 0 and negative numbers do to a connection.' },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(7200), high: integer(432000) }, live: '86400', verdict: 'met' },
    { wanted: { kind: 'between', low: integer(7200), high: integer(432000) }, live: '600', verdict: 'unmet' },
  ],
};
