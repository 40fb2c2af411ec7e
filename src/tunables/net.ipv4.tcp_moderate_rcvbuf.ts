import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_moderate_rcvbuf',
  title: 'Whether the receive buffer of a connection grows with its speed',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['2 to 255, which act like 1.'],
  defaults: [{ value: '1', how: 'On.' }],
  relation: 'exactly',
  effect: 'now',
  why: 'Autotuning is what makes a small default buffer safe: idle connections stay small, the few fast ones grow. With it off, a large default for everybody would be the only way to speed, which a million connections cannot afford.',
  cost: 'Nothing for idle connections; a fast one may grow to the largest receive buffer, 6 or 32 MiB by default.',
  danger: '0 freezes each connection at the default buffer: uploads over long paths crawl.',
  interlocks: [{ key: 'net.ipv4.tcp_rmem', why: 'Autotuning moves between its default and its max.' }],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_moderate_rcvbuf' },
    { kind: 'source', ref: 'net/ipv4/tcp_input.c tcp_rcv_space_adjust (6.12, 7.2.13)' },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(1) }, live: '1', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(1) }, live: '0', verdict: 'unmet' },
  ],
};
