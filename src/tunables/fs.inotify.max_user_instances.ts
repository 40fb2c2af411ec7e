import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'fs.inotify.max_user_instances',
  title: 'inotify instances (open inotify descriptors) that one user may have',
  shape: { kind: 'integer' },
  unit: 'files',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483647n },
  silentlyAccepts: ['0, after which nobody can create an instance.'],
  defaults: [{ value: '128', how: 'Fixed.' }],
  relation: 'atLeast',
  effect: 'now',
  why: 'Sockets do not use it. A host that runs many containers under one user does: every log tailer and config watcher takes an instance.',
  cost: 'A descriptor and a small queue per instance in use; a full queue of 16384 events is the worst case.',
  danger: 'Too low: inotify_init fails with EMFILE, which reads like a nofile problem and is not one.',
  interlocks: [
    {
      key: 'limit.nofile.soft',
      why: 'An instance is also a descriptor: the same EMFILE comes from either limit.',
    },
    { key: 'fs.inotify.max_queued_events', why: 'Each instance queues up to that many events.' },
  ],
  sources: [
    { kind: 'man', ref: 'inotify(7), inotify_init(2) EMFILE, proc_sys_fs_inotify(5)' },
    {
      kind: 'source',
      ref: 'fs/notify/inotify/inotify_user.c inotify_new_group, inotify_user_setup (6.1.192, 6.12.117)',
    },
    { kind: 'tested', ref: 'Default on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(128) }, live: '128', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: integer(512) },
      live: '128',
      verdict: 'unmet',
      note: 'A container host that wants 512.',
    },
  ],
};
