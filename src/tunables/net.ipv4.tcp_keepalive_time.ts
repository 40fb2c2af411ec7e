import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_keepalive_time',
  title: 'Idle time before the first keepalive probe, for sockets that asked for probes',
  shape: { kind: 'integer' },
  unit: 'seconds',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: -8589934n, max: 8589934n },
  silentlyAccepts: [
    '0 and negative numbers.',
    'Up to INT_MAX / HZ: 8589934 where HZ is 250 (Debian), 2147483 where it is 1000, 21474836 where it is 100; more is EINVAL. The socket option stops at 32767.',
  ],
  defaults: [{ value: '7200', how: 'Two hours, from RFC 1122.' }],
  relation: 'between',
  effect: 'new-sockets',
  why: 'Of a million mostly idle clients some vanish without a FIN. Probes find them, and they keep the entries of NAT boxes and load balancers on the way alive: those forget an idle connection after 350 seconds (AWS network load balancer) or less, long before two hours.',
  cost: '1,000,000 connections at 300 seconds send 3,333 probes a second and receive as many answers; at 60 seconds 16,667.',
  danger:
    'Too long: NAT and load balancers drop the connection in silence, and dead clients hold their sockets for hours. Too short: the probes wake phones and cost CPU. Sockets whose timer runs keep the old time until it fires; sockets without SO_KEEPALIVE never send a probe.',
  interlocks: [
    { key: 'net.ipv4.tcp_keepalive_intvl', why: 'A dead peer is found after time + interval × probes.' },
    { key: 'net.ipv4.tcp_keepalive_probes', why: 'A dead peer is found after time + interval × probes.' },
    {
      key: 'net.netfilter.nf_conntrack_tcp_timeout_established',
      why: 'Connection tracking must remember an idle connection longer than the probes are apart.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_keepalive_time' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp_timer.c tcp_keepalive_timer; include/net/tcp.h MAX_TCP_KEEPIDLE (7.2.13)',
    },
    {
      kind: 'vendor-doc',
      ref: 'AWS: Introducing NLB TCP configurable idle timeout (2024), default 350 seconds',
    },
    {
      kind: 'tested',
      ref: 'A running timer kept 119 minutes after a change to 60, a new socket got 59 seconds; bounds with HZ 250; on 6.18',
    },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(60), high: integer(1800) }, live: '300', verdict: 'met' },
    { wanted: { kind: 'between', low: integer(60), high: integer(1800) }, live: '7200', verdict: 'unmet' },
  ],
};
