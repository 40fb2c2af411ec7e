import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_slow_start_after_idle',
  title: 'Whether a connection that was idle starts again with a small congestion window',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['2 to 255, which act like 1.'],
  defaults: [{ value: '1', how: 'The behaviour of RFC 2861.' }],
  relation: 'exactly',
  effect: 'now',
  why: 'Push services send after long silences. With 1 a large message to such a client needs several round trips again; with 0 it goes out in the window the path had before. For messages below ten segments, about 14 KB, it makes no difference.',
  cost: 'No memory. With 0 a broadcast can put a full old window of every client on the wire at once.',
  danger:
    'With 0 the window may be stale: on a path that became congested in the meantime the burst is lost and sent again.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_congestion_control',
      why: 'BBR paces what it sends after a silence; loss-based algorithms send a burst.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_slow_start_after_idle' },
    { kind: 'source', ref: 'include/net/tcp.h tcp_slow_start_after_idle_check (7.2.13)' },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
    { kind: 'unverified', ref: 'That BBR paces the first burst after a silence.' },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(0) }, live: '0', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(0) }, live: '1', verdict: 'unmet' },
  ],
};
