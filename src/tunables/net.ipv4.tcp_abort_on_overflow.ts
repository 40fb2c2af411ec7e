import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_abort_on_overflow',
  title: 'Whether a client whose last handshake packet meets a full accept queue is reset',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['2 to 255, which act like 1.'],
  defaults: [{ value: '0', how: 'Off: the packet is dropped and the handshake tried again.' }],
  relation: 'exactly',
  effect: 'now',
  why: 'With 0 a short burst heals itself: the client believes it is connected, the server repeats its SYN-ACK, and the connection completes a moment later. With 1 the client gets a reset and reconnects, which makes a burst worse.',
  cost: 'With 0 each waiting client holds about 320 bytes for up to 63 seconds; with 1 a storm of reconnects takes their place.',
  danger:
    '1 turns a moment of overload into failed connections. SYNs are still dropped in silence with it, so it does not even make overload visible.',
  interlocks: [
    {
      key: 'net.core.somaxconn',
      why: 'The accept queue that overflows is bounded by it and by the backlog of listen().',
    },
    { key: 'net.ipv4.tcp_synack_retries', why: 'With 0 it decides how long the server keeps trying.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_abort_on_overflow' },
    { kind: 'source', ref: 'net/ipv4/tcp_minisocks.c tcp_check_req (7.2.13)' },
    { kind: 'tested', ref: '20 clients against a backlog of 4, with 0 and 1; bounds; on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(0) }, live: '0', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(0) }, live: '1', verdict: 'unmet' },
  ],
};
