import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'fs.inotify.max_queued_events',
  title: 'Events that one inotify instance may have waiting',
  shape: { kind: 'integer' },
  unit: 'entries',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483647n },
  silentlyAccepts: ['0, which leaves new instances with nothing but overflow events.'],
  defaults: [{ value: '16384', how: 'Fixed.' }],
  relation: 'atLeast',
  effect: 'new-session',
  why: 'Sockets do not use it. An instance takes the value when it is created; events beyond it are dropped and the reader gets IN_Q_OVERFLOW instead.',
  cost: 'Nothing until events wait; then a few dozen bytes and the file name for each, at most 16384 times for an instance at the default.',
  danger: 'Too low: a slow watcher misses changes and must rescan. It never limits connections.',
  interlocks: [
    { key: 'fs.inotify.max_user_instances', why: 'The worst case is this many events for every instance.' },
  ],
  sources: [
    { kind: 'man', ref: 'inotify(7), /proc interfaces; proc_sys_fs_inotify(5)' },
    {
      kind: 'source',
      ref: 'fs/notify/inotify/inotify_user.c inotify_new_group, inotify_table (6.1.192, 6.12.117)',
    },
    { kind: 'tested', ref: 'Default on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(16384) }, live: '16384', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: integer(16384) }, live: '1024', verdict: 'unmet' },
  ],
};
