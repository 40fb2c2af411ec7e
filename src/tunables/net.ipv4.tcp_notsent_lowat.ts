import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_notsent_lowat',
  title: 'Unsent bytes a socket may have queued before it stops being reported as writable',
  shape: { kind: 'integer' },
  unit: 'bytes',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 4294967295n },
  silentlyAccepts: ['0, which lets a socket queue little more than one segment at a time.'],
  defaults: [{ value: '4294967295', how: 'UINT_MAX: no limit but the send buffer.' }],
  relation: 'atMost',
  effect: 'now',
  why: 'Without it a server writes megabytes ahead for a client that reads slowly. With 131072 the data stays in the application until the network wants it, so that many slow clients cost little kernel memory and fresh data does not wait behind stale data.',
  cost: 'It saves memory: 10,000 stalled clients hold at most about 1.3 GB unsent at 131072 instead of 39 GiB. It costs more wake-ups of the writer.',
  danger:
    'Very low values (0, 4096) make the application write in many small steps and can leave a fast path idle.',
  interlocks: [
    { key: 'net.ipv4.tcp_wmem', why: 'It bounds the whole send buffer, sent and unsent.' },
    { key: 'net.ipv4.tcp_mem', why: 'What is not queued here does not count there.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_notsent_lowat' },
    { kind: 'tested', ref: 'Default and bounds, 0 among them, on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atMost', value: integer(131072) }, live: '16384', verdict: 'met' },
    { wanted: { kind: 'atMost', value: integer(131072) }, live: '4294967295', verdict: 'unmet' },
  ],
};
