import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_keepalive_probes',
  title: 'Unanswered keepalive probes after which the connection is declared dead',
  shape: { kind: 'integer' },
  unit: 'attempts',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['0, and values above 127, which the socket option would refuse.'],
  defaults: [{ value: '9', how: 'TCP_KEEPALIVE_PROBES.' }],
  relation: 'between',
  effect: 'now',
  why: 'It decides with the interval how soon a silent client is given up: 5 probes 30 seconds apart find a dead peer 150 seconds after the first probe.',
  cost: 'One packet of about 66 bytes for each probe to a peer that does not answer; nothing for the others.',
  danger:
    'With 1 or 2 a single lost packet or a short outage kills healthy connections; with very many, dead sockets stay for long.',
  interlocks: [
    { key: 'net.ipv4.tcp_keepalive_time', why: 'A dead peer is found after time + interval × probes.' },
    { key: 'net.ipv4.tcp_keepalive_intvl', why: 'A dead peer is found after time + interval × probes.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_keepalive_probes' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp_timer.c tcp_keepalive_timer; include/net/tcp.h MAX_TCP_KEEPCNT (7.2.13)',
    },
    { kind: 'tested', ref: 'Bounds on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(3), high: integer(9) }, live: '5', verdict: 'met' },
    { wanted: { kind: 'between', low: integer(3), high: integer(9) }, live: '1', verdict: 'unmet' },
  ],
};
