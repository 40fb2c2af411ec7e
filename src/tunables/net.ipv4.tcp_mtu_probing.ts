import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_mtu_probing',
  title: 'Whether TCP finds the path MTU by itself when ICMP does not come through',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['3 to 255, which act like 2.'],
  defaults: [{ value: '0', how: 'Off.' }],
  relation: 'oneOf',
  effect: 'now',
  why: '0 is off, 1 starts when a connection stalls on large segments, 2 is always on. Among a million clients some sit behind a tunnel whose ICMP is filtered: small messages pass, the first large one hangs for ever. 1 rescues them.',
  cost: 'Nothing with 1 until a connection stalls. 2 starts every connection at a small segment size (1,024 bytes), so bulk transfers pay with more packets.',
  danger:
    'With 1, ordinary heavy loss can be mistaken for a black hole and the segment size of that connection shrinks.',
  interlocks: [],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_mtu_probing' },
    { kind: 'source', ref: 'net/ipv4/tcp_timer.c tcp_mtu_probing, tcp_output.c tcp_mtup_init (7.2.13)' },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'oneOf', values: [integer(0), integer(1)] }, live: '1', verdict: 'met' },
    { wanted: { kind: 'oneOf', values: [integer(0), integer(1)] }, live: '2', verdict: 'unmet' },
  ],
};
