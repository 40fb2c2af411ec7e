import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.udp_mem',
  title: 'Memory all UDP sockets of the machine may queue together: calm, pressure and hard limit',
  shape: { kind: 'tuple', fields: ['min', 'pressure', 'max'] },
  unit: 'pages',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  bounds: { min: 0n, max: 18446744073709551615n },
  silentlyAccepts: [
    'Any triple of unsigned longs, in any order, however far beyond the memory of the machine: there is no check at all.',
    'On 5.10 a negative number is skipped without an error; 6.1 and later refuse it.',
    'A short vector: the fields that are left out keep their old values.',
  ],
  defaults: [
    {
      value: null,
      how: 'twice the TCP shares: pressure is 1/8 of the free buffer pages at boot (12.5 %), min 9.37 %, max 18.75 %; 575799 767732 1151598 on a 24 GB machine',
    },
  ],
  relation: 'fields',
  effect: 'now',
  why: 'It says nothing about TCP connections. It stands in many copied bundles next to the TCP limit, and it matters on the same machine only when DNS, QUIC or metrics share it, since each takes its part of the same memory.',
  cost: 'It reserves nothing; the default already lets UDP queue 18.75 % of the memory, 4.4 GiB on a 24 GB machine.',
  danger:
    'Too low drops datagrams of every UDP service on the machine (UdpMemErrors, RcvbufErrors); too high lets a flood of datagrams take the memory that the connections need. Bytes written here by mistake are read as pages.',
  interlocks: [
    {
      key: 'net.ipv4.tcp_mem',
      why: 'The same unit and the same memory: their max fields together should leave room for everything else.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), udp_mem' },
    { kind: 'source', ref: 'net/ipv4/udp.c udp_init, sysctl_net_ipv4.c (6.1.192, 6.12.107, 7.2.13)' },
    { kind: 'tested', ref: 'Default and absence in a child namespace on 6.18' },
  ],
  examples: [
    {
      wanted: { kind: 'fields', fields: [null, null, { kind: 'atMost', value: integer(3000000) }] },
      live: '575799\t767732\t1151598',
      verdict: 'met',
    },
    {
      wanted: { kind: 'fields', fields: [null, null, { kind: 'atMost', value: integer(3000000) }] },
      live: '8388608\t12582912\t16777216',
      verdict: 'unmet',
      note: '16777216 was meant as 16 MiB; as pages it is 64 GiB.',
    },
  ],
};
