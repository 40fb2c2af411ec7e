import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_tw_recycle',
  title: 'Fast recycling of TIME_WAIT by per-host timestamps, which breaks clients behind NAT',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  until: '4.11',
  bounds: { min: -2147483648n, max: 2147483647n },
  silentlyAccepts: ['Any integer: every value but 0 means on.'],
  defaults: [{ until: '4.11', value: '0', how: 'Off; the key does not exist from 4.12 on.' }],
  relation: 'exactly',
  effect: 'now',
  why: 'It must not be set anywhere. It still stands in most copied tuning files: on a kernel that has it, it drops the SYNs of clients that share an address; on later kernels the line only makes the loader report an error.',
  cost: 'It saves 256 bytes for each TIME_WAIT socket and pays with connections that fail at random for users behind one NAT address.',
  danger:
    'With 1, SYNs of different clients behind one NAT carry timestamps that run backwards and are dropped in silence: users time out, and nothing in the log says why. The write fails with ENOENT from 4.12 on.',
  interlocks: [
    { key: 'net.ipv4.tcp_tw_reuse', why: 'The safe relative, for outgoing connections only.' },
    { key: 'net.ipv4.tcp_timestamps', why: 'The damage comes from comparing timestamps per host.' },
  ],
  sources: [
    { kind: 'man', ref: 'tcp(7): tcp_tw_recycle, Linux 2.4 to 4.11' },
    { kind: 'source', ref: 'Absent from net/ipv4/sysctl_net_ipv4.c (5.10.223, 6.1.192, 6.12.107, 7.2.13)' },
    { kind: 'tested', ref: 'ENOENT on 6.18' },
    {
      kind: 'unverified',
      ref: 'The bounds, that it was per namespace in 4.10 and 4.11 and global before, and what it did to clients behind NAT: no kernel before 4.12 was read or run.',
    },
  ],
  examples: [
    {
      wanted: { kind: 'exactly', value: integer(0) },
      live: '0',
      verdict: 'met',
      note: 'A capture from a kernel before 4.12.',
    },
    { wanted: { kind: 'exactly', value: integer(0) }, live: '1', verdict: 'unmet' },
  ],
};
