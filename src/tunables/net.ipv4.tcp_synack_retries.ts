import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_synack_retries',
  title: 'How often a server repeats its SYN-ACK before it forgets a half-open connection',
  shape: { kind: 'integer' },
  unit: 'attempts',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['Values far above 5, which keep half-open connections for many minutes.'],
  defaults: [{ value: '5', how: 'Five repeats: the last after 31 seconds, given up after 63.' }],
  relation: 'between',
  effect: 'now',
  why: 'Each half-open connection takes a place in the queue of its listener until it completes or is given up. Fewer repeats free the places of vanished clients sooner: 3 give up after 15 seconds instead of 63.',
  cost: 'About 320 bytes for each half-open connection for as long as it is retried: 65,535 are 20 MiB.',
  danger:
    'Below 2, clients on lossy mobile paths fail to connect at all; high values make a flood of spoofed SYNs last longer.',
  interlocks: [
    { key: 'net.ipv4.tcp_max_syn_backlog', why: 'Fewer repeats empty that queue sooner.' },
    { key: 'net.core.somaxconn', why: 'The same queue is bounded by the backlog of listen().' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_synack_retries' },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'between', low: integer(2), high: integer(5) }, live: '5', verdict: 'met' },
    { wanted: { kind: 'between', low: integer(2), high: integer(5) }, live: '0', verdict: 'unmet' },
  ],
};
