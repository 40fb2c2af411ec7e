import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'fs.file-max',
  title: 'Open files (and sockets) of the whole machine together',
  shape: { kind: 'integer' },
  unit: 'files',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 0n, max: 9223372036854775807n },
  silentlyAccepts: [
    'A value below the number of files already open: nothing is closed, but no ordinary process can open another one.',
    'A value far below the running one: 999999 or 2097152 from an old guide lowers every systemd host, which has 9223372036854775807.',
  ],
  defaults: [
    {
      value: null,
      how: 'The kernel: about a tenth of the memory in KiB, at least 8192; 2466170 on a 24 GB machine.',
    },
    {
      value: '9223372036854775807',
      how: 'Hosts with systemd 240 or later: PID 1 writes the largest value at boot, before sysctl.d is applied.',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'Every socket is an open file, so a million connections need a million of these beside all that the rest of the machine holds. A load test on one host needs both ends: two per connection.',
  cost: 'Nothing by itself. An open file takes about 216 bytes, a socket with its epoll registration about 4,037 bytes of kernel memory that cannot be swapped: 4.0 GB for a million.',
  danger:
    'Too low: open, socket and accept fail with ENFILE in every process without CAP_SYS_ADMIN, and the kernel logs "VFS: file-max limit reached". Processes with CAP_SYS_ADMIN are exempt, so a server that runs as root does not show the fault and its neighbours do.',
  interlocks: [
    { key: 'fs.nr_open', why: 'This bounds the machine; nr_open bounds one process.' },
    {
      key: 'limit.nofile.hard',
      why: 'One process that is allowed more than the machine has can starve all others.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/fs.rst (6.12.117), file-max and file-nr' },
    {
      kind: 'source',
      ref: 'fs/file_table.c files_maxfiles_init, alloc_empty_file, fs_stat_sysctls (6.1.192, 6.12.117, 7.2.13)',
    },
    {
      kind: 'source',
      ref: 'systemd src/core/main.c bump_file_max_and_nr_open (252.39, 257.13); NEWS, changes with 240',
    },
    { kind: 'tested', ref: 'Default without systemd, and slab bytes per open file, on 6.18' },
    { kind: 'unverified', ref: 'ENFILE itself was read in the source and not provoked: the key is global.' },
  ],
  examples: [
    {
      wanted: { kind: 'atLeast', value: integer(2400000) },
      live: '9223372036854775807',
      verdict: 'met',
      note: 'Any host that booted with a recent systemd.',
    },
    {
      wanted: { kind: 'atLeast', value: integer(2400000) },
      live: '2466170',
      verdict: 'met',
      note: 'The default of the kernel on a 24 GB machine without systemd.',
    },
    { wanted: { kind: 'atLeast', value: integer(2400000) }, live: '999999', verdict: 'unmet' },
  ],
};
