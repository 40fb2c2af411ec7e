import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_fastopen',
  title: 'Data in the opening SYN: bits for the client side, the server side and their variants',
  shape: { kind: 'integer' },
  unit: 'bitmap',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: -2147483648n, max: 2147483647n },
  silentlyAccepts: ['Any integer, −1 (all bits) and unknown bits among them.'],
  defaults: [{ value: '1', how: 'Bit 1, the client side.' }],
  relation: 'oneOf',
  effect: 'now',
  why: 'It saves a round trip when a connection opens and has no influence on how many can be held. Bit 1 is the client, 2 the server, 4 the client without a cookie, 0x200 the server without a cookie, 0x400 every listener without its asking.',
  cost: 'A queue for pending data of each listener that uses it, and a second kind of half-open connection to watch; idle connections cost nothing.',
  danger:
    '0x200 accepts data from addresses that never proved themselves: a door for reflection and replay. Middle boxes that dislike the option delay the opening by a second.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_syncookies',
      why: 'Both decide what a listener does before the handshake is complete.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_fastopen' },
    { kind: 'source', ref: 'net/ipv4/tcp_fastopen.c tcp_try_fastopen, af_inet.c (7.2.13)' },
    { kind: 'tested', ref: 'Default and bounds on 6.18' },
    { kind: 'unverified', ref: 'The delay of a second behind middle boxes.' },
  ],
  examples: [
    {
      wanted: { kind: 'oneOf', values: [integer(0), integer(1), integer(2), integer(3)] },
      live: '1',
      verdict: 'met',
    },
    {
      wanted: { kind: 'oneOf', values: [integer(0), integer(1), integer(2), integer(3)] },
      live: '1539',
      verdict: 'unmet',
      note: '1539 is 0x603: both sides, no cookie needed, every listener.',
    },
  ],
};
