import type { Tunable } from '../model/tunable.ts';
import { limit } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'limit.nofile.hard',
  title: 'Open files a process may allow itself: the ceiling of the soft limit',
  shape: { kind: 'limit' },
  unit: 'files',
  scope: 'process',
  reach: 'process',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483584n },
  silentlyAccepts: [
    'In limits.conf a value above fs.nr_open: Debian and Ubuntu log it, keep the old limit and let the login through; elsewhere the login is refused.',
    'In limits.conf a line for * that was meant for root as well: Debian and Ubuntu apply it to everybody but root.',
  ],
  defaults: [
    { value: '4096', how: 'The kernel, for its first process.' },
    {
      value: '524288',
      how: 'systemd 240 or later, for every service and session: 524288, or fs.nr_open if that is less.',
    },
    {
      value: null,
      how: 'A container takes it from its runtime; an ssh session on Debian 12 takes that of PID 1 unless limits.conf sets it.',
    },
  ],
  relation: 'atLeast',
  effect: 'new-session',
  why: 'It is the wall that only a privileged process can move. The default of systemd, 524288, is half a million too low for a million connections, and limits.conf does not change it for services.',
  cost: 'Nothing by itself. It allows one process to take that many files with about 4 kB of kernel memory per connection.',
  danger:
    'Too low: EMFILE that the program cannot cure. Above fs.nr_open it is refused even to root. Far too high, a billion, old programs that close every possible descriptor hang. Raising it needs CAP_SYS_RESOURCE in the initial user namespace: impossible inside a rootless container.',
  interlocks: [
    { key: 'fs.nr_open', why: 'setrlimit refuses a hard limit above it with EPERM: raise nr_open first.' },
    { key: 'limit.nofile.soft', why: 'The soft limit can never be above this one.' },
    { key: 'systemd.LimitNOFILE', why: 'The place to set it for a system service.' },
    { key: 'systemd.DefaultLimitNOFILE', why: 'What services get that set nothing.' },
  ],
  sources: [
    { kind: 'man', ref: 'getrlimit(2), limits.conf(5), systemd-system.conf(5) DefaultLimitNOFILE=' },
    {
      kind: 'source',
      ref: 'kernel/sys.c do_prlimit, include/uapi/linux/fs.h INR_OPEN_MAX (6.12.117); systemd src/core/main.c fallback_rlimit_nofile (257.13)',
    },
    { kind: 'source', ref: 'pam_limits.c of Linux-PAM 1.5.2 and 1.7.0 with the Debian patches' },
    {
      kind: 'tested',
      ref: 'EPERM without CAP_SYS_RESOURCE, root not covered by *, sessions after a refused value; on 6.18 and Debian 12',
    },
    {
      kind: 'unverified',
      ref: 'EPERM above nr_open for a process that has the capability was read in the source and not provoked.',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: limit(1048576) }, live: '2097152', verdict: 'met' },
    {
      wanted: { kind: 'atLeast', value: limit(1048576) },
      live: '524288',
      verdict: 'unmet',
      note: 'The default of systemd.',
    },
  ],
};
