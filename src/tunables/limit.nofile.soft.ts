import type { Tunable } from '../model/tunable.ts';
import { limit } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'limit.nofile.soft',
  title: 'Open files at which a process gets EMFILE; it may raise this itself up to the hard limit',
  shape: { kind: 'limit' },
  unit: 'files',
  scope: 'process',
  reach: 'process',
  access: 'read-write',
  bounds: { min: 0n, max: 2147483584n },
  silentlyAccepts: [
    'In limits.conf a number with a suffix or a comma: 1M becomes 1 and 15,000 becomes 15, and with 1 nobody can log in.',
    'In limits.conf a soft limit above the hard one, which is lowered to it.',
  ],
  defaults: [
    {
      value: '1024',
      how: 'The kernel, and systemd for every service and session: select() cannot use descriptors above 1023.',
    },
  ],
  relation: 'atLeast',
  effect: 'new-session',
  why: 'Each connection is a descriptor of the server process, and this is the number at which the next accept() fails. Node, Go and the JVM raise it to the hard limit when they start; nginx, C, Rust and Python programs keep what they get.',
  cost: 'Nothing until used: 8 bytes per slot of the descriptor table, rounded up to a power of two, 16 MiB for 1,050,000.',
  danger:
    'Too low: accept() fails with EMFILE while the connection stays in the queue, and a level-triggered epoll loop spins at 100 % CPU. A program that uses select() writes beyond its array with descriptors above 1023.',
  interlocks: [
    { key: 'limit.nofile.hard', why: 'The soft limit cannot exceed it: setrlimit answers EINVAL.' },
    { key: 'fs.nr_open', why: 'No descriptor reaches nr_open, whatever the limit says.' },
    {
      key: 'systemd.LimitNOFILE',
      why: 'For a system service it sets both; limits.conf does not reach services.',
    },
  ],
  sources: [
    { kind: 'man', ref: 'getrlimit(2), limits.conf(5), systemd.exec(5) Process Properties' },
    {
      kind: 'source',
      ref: 'kernel/sys.c do_prlimit, include/uapi/linux/fs.h INR_OPEN_CUR (6.12.117); pam_limits.c of Linux-PAM 1.5.2',
    },
    {
      kind: 'tested',
      ref: 'EINVAL above hard, Node raising its own, 1M read as 1, connections left in the queue at EMFILE; on 6.18 and Debian 12',
    },
    {
      kind: 'unverified',
      ref: 'That the JVM raises its soft limit by itself, and that nginx and Rust programs do not.',
    },
  ],
  examples: [
    { wanted: { kind: 'atLeast', value: limit(1048576) }, live: '1048576', verdict: 'met' },
    { wanted: { kind: 'atLeast', value: limit(1048576) }, live: '1024', verdict: 'unmet' },
  ],
};
