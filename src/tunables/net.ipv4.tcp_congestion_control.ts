import type { Tunable } from '../model/tunable.ts';
import { word } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_congestion_control',
  title: 'Congestion control algorithm of new TCP connections',
  shape: { kind: 'word' },
  unit: 'name',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: null, max: null },
  silentlyAccepts: [],
  defaults: [
    {
      value: null,
      how: 'CONFIG_DEFAULT_TCP_CONG: cubic on nearly all distributions. A new namespace copies the initial one.',
    },
  ],
  relation: 'oneOf',
  effect: 'new-sockets',
  why: 'It decides how a busy path is shared, not how many connections fit. An accepted socket takes the default of the moment, unless its listener chose one with TCP_CONGESTION. BBR holds up better on lossy mobile paths; for small rare messages any of them will do.',
  cost: 'Nothing for idle connections: its state lives inside the socket. A paced BBR socket without the fq queueing discipline arms a timer of its own.',
  danger:
    'BBR without its module is refused with ENOENT and the host stays at cubic unless somebody reads back. Quotes or a trailing comment in the value are ENOENT too, and a restricted algorithm is EPERM in a child namespace. Setting one in the initial namespace lifts its restriction for the whole machine.',
  interlocks: [
    { key: 'net.core.default_qdisc', why: 'fq paces BBR flows better than the timer of each socket.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_congestion_control' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp_cong.c tcp_set_default_congestion_control, tcp_minisocks.c tcp_ca_openreq_child (7.2.13)',
    },
    {
      kind: 'tested',
      ref: 'On 6.18: a listener made under bbr, then reno: accepted sockets had reno; with TCP_CONGESTION on the listener they kept bbr',
    },
    {
      kind: 'unverified',
      ref: 'That nearly all distributions build with cubic, and that BBR holds up better on lossy paths.',
    },
  ],
  examples: [
    { wanted: { kind: 'oneOf', values: [word('cubic'), word('bbr')] }, live: 'bbr', verdict: 'met' },
    { wanted: { kind: 'oneOf', values: [word('cubic'), word('bbr')] }, live: 'reno', verdict: 'unmet' },
  ],
};
