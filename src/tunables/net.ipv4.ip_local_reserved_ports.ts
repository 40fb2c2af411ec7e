import type { Tunable } from '../model/tunable.ts';
import { portSet } from '../model/value.ts';

export const tunable: Tunable = {
  key: 'net.ipv4.ip_local_reserved_ports',
  title: 'Ports the kernel never chooses by itself, so that services find them free',
  shape: { kind: 'portSet' },
  unit: 'ports',
  scope: 'netns',
  reach: 'per-namespace',
  access: 'read-write',
  bounds: { min: 0n, max: 65535n },
  silentlyAccepts: [
    'Duplicates, overlapping ranges and a trailing comma; it prints them merged.',
    'Port 0, and ports outside the range that the kernel chooses from.',
    'An empty write, which changes nothing, while a lone newline clears the whole set.',
  ],
  defaults: [{ value: '', how: 'Empty.' }],
  relation: 'superset',
  effect: 'now',
  why: 'With a port range that starts at 1024, an outgoing connection can take the port of a database that is just restarting. Reserved ports are skipped; an explicit bind() to them still works.',
  cost: 'A bitmap of 8 KiB for each namespace. Large blocks make the ports behind them more likely to be chosen.',
  danger:
    'A write replaces the set, it does not add: merge with what is there. Blanks inside the list are EINVAL. Reading with a small buffer cuts the list in silence after 8,192 bytes: read it in one large read.',
  interlocks: [
    { key: 'net.ipv4.ip_local_port_range', why: 'Only ports inside that range need to be reserved.' },
    {
      key: 'net.ipv4.ip_local_port_step_width',
      why: 'It evens out the choice behind large reserved blocks.',
    },
  ],
  sources: [
    { kind: 'kernel-doc', ref: 'Documentation/networking/ip-sysctl.rst (7.2.13), ip_local_reserved_ports' },
    {
      kind: 'source',
      ref: 'kernel/sysctl.c proc_do_large_bitmap, net/ipv4/sysctl_net_ipv4.c ipv4_sysctl_init_net (6.1.192, 7.2.13)',
    },
    { kind: 'tested', ref: 'Syntax, replacement, clearing, long lists and the cut read on 6.18' },
  ],
  examples: [
    {
      wanted: { kind: 'superset', value: portSet([3306, 3306], [8080, 8080]) },
      live: '3306,6379,8000-8100',
      verdict: 'met',
    },
    { wanted: { kind: 'superset', value: portSet([8080, 8080]) }, live: '', verdict: 'unmet' },
  ],
};
