import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.tcp_syncookies',
  title: 'Whether a full queue of half-open connections is answered with SYN cookies instead of silence',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 255n },
  silentlyAccepts: ['3 to 255, which act like 1.'],
  defaults: [
    {
      value: '1',
      how: 'Set when the namespace is made; the key is missing on kernels built without CONFIG_SYN_COOKIES.',
    },
  ],
  relation: 'exactly',
  effect: 'now',
  why: '0 drops SYNs when the queue is full, 1 sends cookies then, 2 always does. With 1 a flood of SYNs cannot lock real clients out, and a burst of a hundred thousand legal clients survives a moment of overflow.',
  cost: 'Nothing until the queue overflows; then a hash per SYN. A connection made by cookie without timestamps loses window scaling and SACK.',
  danger:
    '0 makes every listener an easy target and brings tcp_max_syn_backlog into play. 2 degrades every connection on purpose: it is for tests. Cookies under legal load are a sign of a short listen backlog or a slow accept loop, not a cure.',
  interlocks: [
    { key: 'net.ipv4.tcp_max_syn_backlog', why: 'Consulted only when this is 0.' },
    {
      key: 'net.ipv4.tcp_timestamps',
      why: 'The options of a connection made by cookie travel in the timestamp.',
    },
    { key: 'net.core.somaxconn', why: 'It decides with the backlog of listen() when cookies start.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), tcp_syncookies' },
    { kind: 'source', ref: 'net/ipv4/tcp_input.c tcp_conn_request (6.1.192, 7.2.13)' },
    {
      kind: 'tested',
      ref: '3,000 SYNs against listen backlogs of 64 and 4096 with modes 0 and 1, bounds, on 6.18',
    },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(1) }, live: '1', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(1) }, live: '0', verdict: 'unmet' },
    {
      wanted: { kind: 'exactly', value: integer(1) },
      live: '2',
      verdict: 'unmet',
      note: 'Cookies for everybody, always.',
    },
  ],
};
