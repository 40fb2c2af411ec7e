import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.bypass_prot_mem',
  title: 'Whether new sockets of this namespace are left out of the tcp_mem and udp_mem accounting',
  shape: { kind: 'integer' },
  unit: 'mode',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  since: '6.19',
  bounds: { min: 0n, max: 1n },
  silentlyAccepts: [
    '1 where no memory cgroup limits the programs: then nothing bounds socket memory at all.',
  ],
  defaults: [{ from: '6.19', value: '0', how: 'Sockets are counted as ever.' }],
  relation: 'exactly',
  effect: 'new-sockets',
  why: 'With 1 only the memory cgroup bounds the buffers of a socket. That suits containers with strict limits; on a host that serves a million connections tcp_mem is the brake to keep.',
  cost: 'No memory of its own. With 1 all buffers count against memory.max of the cgroup alone.',
  danger:
    'With 1 and no cgroup limit, slow readers can fill the memory until the OOM killer comes, and sockstat no longer shows it.',
  interlocks: [
    { key: 'net.ipv4.tcp_mem', why: 'With 1 it no longer applies to the new sockets of the namespace.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/net.rst (7.2.13), bypass_prot_mem' },
    {
      kind: 'source',
      ref: 'net/core/sock.c sk_alloc, __sk_mem_raise_allocated; net/core/sysctl_net_core.c netns_core_table (7.2.13)',
    },
    { kind: 'tested', ref: 'Absence on 6.18' },
    {
      kind: 'unverified',
      ref: 'That 6.19 is the first release with it: it came after 6.18 and not later than 7.2.',
    },
  ],
  examples: [
    { wanted: { kind: 'exactly', value: integer(0) }, live: '0', verdict: 'met' },
    { wanted: { kind: 'exactly', value: integer(0) }, live: '1', verdict: 'unmet' },
  ],
};
