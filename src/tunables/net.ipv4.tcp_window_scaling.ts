import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_window_scaling',
  title: 'Whether TCP may announce windows above 64 KiB',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['2 to 255, which act like 1.'],
  defaults: [{ value: '1', how: 'On.' }],
  relation: 'exactly',
  effect: 'new-sockets',
  why: 'Without it one connection carries at most 64 KiB for each round trip: 640 KiB/s at 100 ms. The connections of a busy service would all be slow and therefore all be open longer.',
  cost: '3 bytes in the handshake. Larger windows let a peer have more data in flight, bounded by the buffers.',
  danger:
    '0 caps every connection at 64 KiB in flight; what a copied bundle meant to save in memory is bounded by the buffers anyway.',
  interlocks: [
    { key: 'net.ipv4.tcp_rmem', why: 'The scale that is announced follows from the largest receive buffer.' },
    { key: 'net.core.rmem_max', why: 'The scale that is announced follows from the larger of the two.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_window_scaling' },
    { kind: 'source', ref: 'net/ipv4/tcp_output.c tcp_select_initial_window (6.12)' },
    { kind: 'tested', ref: 'Window scales with several buffer sizes, default and bounds, on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(1) }, live: '1', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(1) }, live: '0', verdict: 'unmet' },
  ],
};
