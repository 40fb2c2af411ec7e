import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.rmem_max',
  title: 'Largest receive buffer a program may ask for with SO_RCVBUF',
  shape: { kind: 'integer' },
  unit: 'bytes',
  scope: 'netns',
  reach: 'read-only-in-child',
  access: 'read-write',
  bounds: { min: 2304n, max: 2147483647n },
  silentlyAccepts: [
    'Hundreds of megabytes, which any program may then pin per socket: the kernel doubles what SO_RCVBUF asks for.',
  ],
  defaults: [
    {
      until: '6.12',
      value: '212992',
      how: '256 packets of 256 bytes with their overhead of 832 bytes; up to 6.16 as far as known.',
    },
    { from: '6.18', value: '4194304', how: 'Raised to 4 MiB by commit a6d4f25888b8.' },
    { value: '2097152', how: 'Reported of RHEL 9 and 10.' },
  ],
  relation: 'between',
  effect: 'now',
  why: 'It does not bound TCP: autotuning goes by tcp_rmem alone. It bounds programs that set SO_RCVBUF, mostly UDP and QUIC, and it can raise the window scale that TCP offers.',
  cost: 'Nothing until a program asks. Then up to twice the value per socket: 134217728 allows 256 MiB to each.',
  danger:
    'Writing 212992 from an old guide lowers a new kernel. A high value lets any unprivileged program take that much memory per socket, and one that sets SO_RCVBUF loses TCP autotuning.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_rmem',
      why: 'The window scale comes from the larger of this and the last field there; nothing else connects them.',
    },
    { key: 'net.core.rmem_default', why: 'The default of sockets other than TCP.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/net.rst (6.12.117, 7.2.13), rmem_max' },
    { kind: 'man', ref: 'socket(7), SO_RCVBUF and SO_RCVBUFFORCE' },
    {
      kind: 'source',
      ref: 'net/core/sock.c sk_setsockopt, sysctl_rmem_max; net/ipv4/tcp_output.c tcp_select_initial_window (6.12.117, 7.2.13)',
    },
    {
      kind: 'report',
      ref: 'xcat2/confluent pull request 243: values of distributions and the upstream commit',
    },
    {
      kind: 'tested',
      ref: 'Floor of 2304, doubling, default and mode 0444 in a child namespace, on 6.18',
    },
    { kind: 'unverified', ref: 'The first release with 4 MiB: after 6.12 and not later than 6.18.' },
    {
      kind: 'source',
      ref: 'net/core/sysctl_net_core.c: a child namespace shows it read-only (6.12.117, 7.2.13) or does not have it (6.1.192)',
    },
  ],
  examples: [
    {
      wanted: { kind: 'between', low: integer(212992), high: integer(67108864) },
      live: '4194304',
      verdict: 'met',
    },
    {
      wanted: { kind: 'between', low: integer(212992), high: integer(67108864) },
      live: '134217728',
      verdict: 'unmet',
    },
  ],
};
