import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'fs.nr_open',
  title: 'Highest number of open files that any process may be allowed',
  shape: { kind: 'integer' },
  unit: 'files',
  scope: 'host',
  reach: 'host',
  access: 'read-write',
  bounds: { min: 64n, max: 2147483584n },
  silentlyAccepts: [
    'A value below the limits of running processes: they keep their limits, cannot use descriptors above the new value, and their next setrlimit fails with EPERM even if it only lowers.',
    'Values that no descriptor table can reach: beyond 268435455 descriptors the table would exceed 2 GiB and the kernel answers EMFILE.',
  ],
  defaults: [
    {
      value: '1048576',
      how: 'The kernel; Debian 12 keeps it (its systemd is built without the raise), and so does a host without systemd.',
    },
    {
      value: '1073741816',
      how: 'systemd 240 or later as its authors build it (Debian 13, RHEL 9): PID 1 raises it as far as the kernel takes.',
    },
  ],
  relation: 'atLeast',
  effect: 'now',
  why: 'No process can hold more descriptors than this, and no hard nofile limit can be set above it. For a million connections the default of 1048576 leaves 4.8 % for everything else; for more it is a wall that no limits file can move.',
  cost: 'Nothing until a process grows its table: 8 bytes per slot, rounded up to a power of two, so 600,000 descriptors take 8 MiB and 1,050,000 take 16 MiB per process.',
  danger:
    'A nofile limit above it ends logins where pam_limits is strict, is dropped in silence on Debian and Ubuntu, and fails a systemd unit with status=205/LIMITS. A huge value makes LimitNOFILE=infinity mean a billion, and old programs that close every possible descriptor hang for minutes.',
  interlocks: [
    {
      key: 'limit.nofile.hard',
      why: 'setrlimit refuses a hard limit above nr_open with EPERM, even to root: raise nr_open first.',
    },
    {
      key: 'systemd.LimitNOFILE',
      why: 'infinity ends as nr_open; a number above it fails the unit or is cut.',
    },
    { key: 'fs.file-max', why: 'This bounds one process; file-max bounds all together.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/fs.rst (6.12.117), nr_open' },
    {
      kind: 'source',
      ref: 'fs/file.c sysctl_nr_open_min/max, alloc_fdtable, expand_files; kernel/sys.c do_prlimit (6.1.192, 6.12.117)',
    },
    {
      kind: 'source',
      ref: 'systemd src/core/main.c bump_file_max_and_nr_open; debian/rules of 252.39 (off) and 257.13 (on)',
    },
    {
      kind: 'report',
      ref: 'Red Hat bug 1479623 (2147483584 is the maximum); containerd issue 4423 (LimitNOFILE above nr_open)',
    },
    { kind: 'tested', ref: 'Default without systemd on 6.18' },
    {
      kind: 'unverified',
      ref: 'EPERM above it and EMFILE at it were read in the source and not provoked: the key is global.',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: integer(2097152) }, live: '1073741816', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: integer(2097152) },
      live: '1048576',
      verdict: 'unmet',
      note: 'The kernel default: no room for a million sockets in one process with headroom.',
    },
  ],
};
