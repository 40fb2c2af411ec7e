import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_tw_reuse_delay',
  title: 'Time after the close before a TIME_WAIT port pair may be taken over',
  shape: { kind: 'integer' },
  unit: 'milliseconds',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  since: '6.14',
  bounds: { min: 1n, max: 60000n },
  silentlyAccepts: [
    'Delays shorter than the timestamp clock of the peer, which makes the protection against old segments fail.',
  ],
  defaults: [{ from: '6.14', value: '1000', how: 'One second, the fixed delay of earlier kernels.' }],
  relation: 'exactly',
  effect: 'now',
  why: 'A client that opens thousands of connections a second to one address could use a port again sooner. The delay must stay above one tick of the clock behind the timestamps of the peer, which the client cannot know.',
  cost: 'No memory. At the default one source and destination address can be used for at most range ÷ 1 s new connections: 28,232 a second.',
  danger:
    'Below the tick of the clock of the peer, segments of the old connection are taken for segments of the new one: silent data corruption in the worst case.',
  interlocks: [{ key: 'net.ipv4.tcp_tw_reuse', why: 'It has a meaning only when reuse is on.' }],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_tw_reuse_delay' },
    {
      kind: 'source',
      ref: 'net/ipv4/tcp_ipv4.c tcp_twsk_unique, sysctl_net_ipv4.c (7.2.13; the key is absent in 6.12.107)',
    },
    { kind: 'tested', ref: 'Presence, default and bounds on 6.18' },
    {
      kind: 'unverified',
      ref: 'That 6.14 is the first release with it: it came after 6.12 and not later than 6.18.',
    },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(1000) }, live: '1000', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(1000) }, live: '100', verdict: 'unmet' },
  ],
};
