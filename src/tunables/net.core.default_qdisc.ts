import type { Tunable } from '../model/tunable.ts';
import { word } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.core.default_qdisc',
  title: 'Queueing discipline of network interfaces that come up from now on',
  shape: { kind: 'word' },
  unit: 'name',
  scope: 'host',
  reach: 'absent-in-child',
  access: 'read-write',
  bounds: { min: null, max: null },
  silentlyAccepts: [
    'Disciplines that need classes and bandwidths and make no sense without them. A name that no module provides is refused with ENOENT.',
  ],
  defaults: [
    { value: 'pfifo_fast', how: 'The kernel.' },
    {
      value: 'fq_codel',
      how: 'systemd ships it in 50-default.conf; on Debian 13 the package linux-sysctl-defaults does.',
    },
  ],
  relation: 'oneOf',
  effect: 'reboot',
  why: 'fq paces each flow in one place. BBR works without it, but then each socket that sends arms its own timer. fq_codel keeps queues short without pacing.',
  cost: 'fq keeps a small state per active flow; idle connections cost nothing.',
  danger:
    'Interfaces that are up keep what they have until they come up anew or tc replaces it; lo and veth never use it. A wrong name leaves the old value, and a tool that ignores errors hides it.',
  interlocks: [
    { key: 'net.ipv4.tcp_congestion_control', why: 'BBR paces; with fq the pacing is done by the qdisc.' },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/admin-guide/sysctl/net.rst (6.12.117), default_qdisc' },
    {
      kind: 'source',
      ref: 'net/sched/sch_api.c qdisc_set_default (6.12.117); net/ipv4/tcp_bbr.c, comment on pacing',
    },
    { kind: 'source', ref: 'sysctl.d/50-default.conf of systemd 252.39 and 257.13' },
    { kind: 'tested', ref: 'Default, and absence in a child namespace, on 6.18' },
  ],
  examples: [
    { wanted: { kind: 'oneOf', values: [word('fq'), word('fq_codel')] }, live: 'fq_codel', verdict: 'met' },
    {
      wanted: { kind: 'oneOf', values: [word('fq'), word('fq_codel')] },
      live: 'pfifo_fast',
      verdict: 'unmet',
    },
  ],
};
