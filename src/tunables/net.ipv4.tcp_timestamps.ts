import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_timestamps',
  title: 'Whether TCP segments carry timestamps, on which several safety mechanisms rest',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['3 to 255, which act like 2: timestamps without the random offset.'],
  defaults: [{ value: '1', how: 'On, with a random offset for each connection.' }],
  relation: 'exactly',
  effect: 'new-sockets',
  why: 'Timestamps protect against old segments, carry the options of connections made by SYN cookie, and allow TIME_WAIT sockets to be used again. A host that opens and closes many connections leans on all three.',
  cost: '12 bytes in each segment: at 100,000 segments a second that is 1.2 MB/s. Idle connections pay nothing.',
  danger:
    '0, a relic of old guides, switches all of this off: no reuse of TIME_WAIT ports, no window scaling behind SYN cookies. 2 sends the plain clock, from which the uptime of the host can be read.',
  interlocks: [
    { key: 'net.ipv4.tcp_tw_reuse', why: 'With timestamps off not one TIME_WAIT socket is reused.' },
    {
      key: 'net.ipv4.tcp_syncookies',
      why: 'The options of a connection made by cookie travel in the timestamp.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_timestamps' },
    { kind: 'tested', ref: 'Reuse with and without timestamps, default and bounds, on 6.18' },
    {
      kind: 'source',
      ref: 'net/core/secure_seq.c secure_tcp_ts_off: any value but 1 gives no offset (mainline)',
    },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(1) }, live: '1', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(1) }, live: '0', verdict: 'unmet' },
  ],
};
