import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_orphan_retries',
  title: 'Retransmissions before a closed connection with unacknowledged data is given up',
  shape: { kind: 'integer' },
  unit: 'attempts',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['Values far above 15, which keep a dead orphan for many minutes.'],
  defaults: [
    {
      value: '0',
      how: 'The stored 0 acts as 8 for a peer that was alive lately; the documentation therefore calls the default 8.',
    },
  ],
  relation: 'between',
  effect: 'now',
  why: 'Mobile clients vanish while the server still has data for them. Each such orphan holds its memory until these retries are over: 8 retries are over 100 seconds, 3 are a few seconds.',
  cost: 'A lower number costs slow but living peers their last data; each orphan kept longer holds up to 64 KiB.',
  danger:
    '0 is not the fastest setting: it means 8. A high number fills the orphan limit when many clients drop off at once.',
  interlocks: [
    { key: 'net.ipv4.tcp_max_orphans', why: 'Orphans that live longer reach that limit sooner.' },
    {
      key: 'net.ipv4.tcp_retries2',
      why: 'It rules the same retries while a process still holds the socket.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_orphan_retries' },
    { kind: 'source', ref: 'net/ipv4/tcp_timer.c tcp_orphan_retries (7.2.13)' },
    { kind: 'tested', ref: 'Bounds on 6.18' },
  ],
  examples: [
    {
      wanted: { kind: 'between', low: integer(0), high: integer(8) },
      live: '0',
      verdict: 'met',
      note: 'Acts as 8.',
    },
    { wanted: { kind: 'between', low: integer(1), high: integer(3) }, live: '0', verdict: 'unmet' },
  ],
};
