import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'fs.inotify.max_user_watches',
  title: 'Files and directories that one user may watch with inotify',
  shape: { kind: 'integer' },
  unit: 'watches',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483647n },
  silentlyAccepts: ['0, which turns inotify off for everybody but those who already watch.'],
  defaults: [
    { until: '5.10', value: '8192', how: 'Fixed.' },
    {
      from: '5.11',
      value: null,
      how: '1 % of low memory divided by the cost of a watch (about 1.3 KB), between 8192 and 1048576; 192536 on a 24 GB machine.',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'Sockets do not use it. It is here because log shippers, kubelet and file watchers on the same host do, and because guides for many connections copy a value for it.',
  cost: 'About 1.3 KB of unswappable memory per watch in use, mostly the inode it pins: 1,048,576 watches are up to 1.4 GB.',
  danger:
    'Too low: inotify_add_watch fails with ENOSPC in tools that have nothing to do with the server. It never limits connections.',
  interlocks: [
    {
      key: 'fs.inotify.max_user_instances',
      why: 'Each watch belongs to an instance; both are counted per user.',
    },
  ],
  sources: [
    { kind: 'man', ref: 'inotify(7), /proc interfaces; proc_sys_fs_inotify(5)' },
    {
      kind: 'source',
      ref: 'fs/notify/inotify/inotify_user.c inotify_user_setup, inotify_table, inotify_new_watch (6.1.192, 6.12.117)',
    },
    { kind: 'tested', ref: 'Default on 6.18' },
    { kind: 'unverified', ref: 'That 5.11 is the release that made the default depend on the memory.' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(8192) }, live: '192536', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: integer(65536) },
      live: '8192',
      verdict: 'unmet',
      note: 'The fixed default of older kernels.',
    },
  ],
};
