import type { Tunable } from '../model/tunable.ts';
import { portRange } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.ip_local_port_range',
  title: 'Ports the kernel chooses from for outgoing connections and for bind() to port 0',
  shape: { kind: 'portRange' },
  unit: 'ports',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 1n, max: 65535n },
  silentlyAccepts: [
    'A range of a single port.',
    'Ends of the same parity (1024 65534): a line in the log, no port is lost.',
    'One number alone: it becomes the low end, the high end stays.',
    'A range over ports on which services listen.',
  ],
  defaults: [
    { value: '32768 60999', how: '28,232 ports; a new namespace starts with this, whatever the host has.' },
  ],
  relation: 'superset',
  effect: 'now',
  why: 'A client needs a port for each connection to one server address and port: 28,232 by default, 64,512 with 1024 to 65535. For a million connections to one address that is 36 or 16 source addresses. Accepted connections take none: the 64k limit of servers is a myth. It also rules UDP and IPv6.',
  cost: 'Two bind buckets of 128 bytes for each port in use. Searching gets slow when the range is nearly full: 25 µs for a connect() while half is free, 300 µs beyond, on one measured machine.',
  danger:
    'A low end of 1024 lets outgoing connections sit on 3306, 6379 or 8080, and the service cannot start: EADDRINUSE even with SO_REUSEADDR. Too narrow: EADDRNOTAVAIL from connect(). EINVAL if the low end is under the first unprivileged port or above the high end; a refused write changes nothing.',
  interlocks: [
    { key: 'net.ipv4.ip_local_reserved_ports', why: 'Ports of services inside the range must be reserved.' },
    {
      key: 'net.ipv4.ip_unprivileged_port_start',
      why: 'The low end may not be under it: lower that one first, raise it last.',
    },
    { key: 'net.ipv4.tcp_tw_reuse', why: 'It gives back ports in TIME_WAIT sooner.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), ip_local_port_range' },
    {
      kind: 'source',
      ref: 'net/ipv4/sysctl_net_ipv4.c ipv4_local_port_range, inet_hashtables.c __inet_hash_connect (6.1.192, 7.2.13)',
    },
    { kind: 'tested', ref: 'Bounds, parity, single numbers, stolen ports and search times on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'superset', value: portRange(32768, 60999) }, live: '1024\t65535', verdict: 'met' },
    { wanted: { kind: 'superset', value: portRange(1024, 65535) }, live: '32768\t60999', verdict: 'unmet' },
  ],
};
