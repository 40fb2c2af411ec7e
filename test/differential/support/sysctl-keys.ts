/** The per-namespace keys that the differential tests set and read, with what is known of them. */
import type { KeyKnowledge } from '../../../src/boot/loader-write.ts';
import type { Shape } from '../../../src/model/value.ts';

export const INTERFACES = ['eth0.100', 'v1', 'br-x', 'a*b', '[x]', '.hid', 'é0', 'V1'];

interface WatchedKey extends KeyKnowledge {
  readonly path: string;
  /** Written before every tree. */
  readonly reset: string;
}

const INT_MAX = 2147483647n;
const integer: Shape = { kind: 'integer' };
const plainInt = { shape: integer, bounds: { min: -INT_MAX - 1n, max: INT_MAX } };
const triple: Shape = { kind: 'tuple', fields: ['min', 'default', 'max'] };

const CORE: readonly WatchedKey[] = [
  { path: 'net/core/somaxconn', shape: integer, bounds: { min: 0n, max: INT_MAX }, reset: '4000' },
  { path: 'net/ipv4/tcp_max_syn_backlog', ...plainInt, reset: '500' },
  { path: 'net/ipv4/tcp_syncookies', shape: integer, bounds: { min: 0n, max: 255n }, reset: '1' },
  // Seconds that the kernel keeps as jiffies: the limit is INT_MAX / HZ, here for the highest HZ there is.
  {
    path: 'net/ipv4/tcp_fin_timeout',
    shape: integer,
    bounds: { min: -INT_MAX / 1000n, max: INT_MAX / 1000n },
    reset: '60',
  },
  {
    path: 'net/ipv4/tcp_rmem',
    shape: triple,
    bounds: { min: 1n, max: INT_MAX },
    reset: '4096 131072 6291456',
  },
  {
    path: 'net/ipv4/ip_local_port_range',
    shape: { kind: 'portRange' },
    bounds: NONE(),
    reset: '32768 60999',
  },
  { path: 'net/ipv4/ip_local_reserved_ports', shape: { kind: 'portSet' }, bounds: NONE(), reset: '' },
];

function NONE() {
  return { min: null, max: null };
}

const PER_INTERFACE = ['rp_filter', 'arp_announce', 'log_martians'];

/** Every watched key, for the interfaces that exist in the namespace. */
export function watchedKeys(interfaces: readonly string[]): readonly WatchedKey[] {
  const names = ['all', 'default', 'lo', ...interfaces];
  return [
    ...CORE,
    ...names.flatMap((name) =>
      PER_INTERFACE.map((leaf) => ({ path: `net/ipv4/conf/${name}/${leaf}`, ...plainInt, reset: '0' })),
    ),
  ];
}
