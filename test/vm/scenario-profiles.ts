/**
 * Profiles for machines that hold no sockets: a goal that fits everywhere and
 * settings that a fresh Debian does not have, so that every kind of file is written.
 */

interface Setting {
  readonly key: string;
  /** The relation, as YAML. */
  readonly wants: string;
}

export const SCENARIO_MEMORY_MIB = 2048;

function profileText(name: string, settings: readonly Setting[]): string {
  const lines = settings.flatMap(({ key, wants }) => [
    `  ${key}:`,
    `    ${wants}`,
    '    why: What this scenario is about, and nothing else.',
    '    source: the VM tests',
  ]);
  return [
    `name: ${name}`,
    `title: Scenario ${name}`,
    'description: Settings that a fresh Debian does not have, for a test.',
    'goal: 10000',
    'settings:',
    ...lines,
    '',
  ].join('\n');
}

/** Live values of every kind, sysctl.d, limits.d, system.conf.d and user.conf.d. */
export const WIDE = profileText('wide', [
  { key: 'fs.nr_open', wants: 'atLeast: 2097152' },
  { key: 'limit.nofile.hard', wants: 'atLeast: 2097152' },
  { key: 'limit.nofile.soft', wants: 'atLeast: 65536' },
  { key: 'systemd.DefaultLimitNOFILE', wants: 'atLeast: 2097152' },
  { key: 'fs.epoll.max_user_watches', wants: 'atLeast: 2400000' },
  { key: 'net.core.somaxconn', wants: 'atLeast: 32768' },
  { key: 'net.ipv4.tcp_keepalive_time', wants: 'atLeast: 9000' },
  { key: 'net.ipv4.tcp_max_tw_buckets', wants: 'atLeast: 500000' },
  { key: 'net.ipv4.tcp_mem', wants: 'fields: { max: { atLeast: 200000 } }' },
  { key: 'net.ipv4.ip_local_port_range', wants: 'superset: 20000-60999' },
  { key: 'vm.max_map_count', wants: 'atLeast: 2000000' },
]);

/** The accept queue alone. */
export const QUEUE = profileText('queue', [{ key: 'net.core.somaxconn', wants: 'atLeast: 32768' }]);

/** The accept queue and connection tracking. */
export const TRACKING = profileText('tracking', [
  { key: 'net.core.somaxconn', wants: 'atLeast: 32768' },
  { key: 'net.netfilter.nf_conntrack_max', wants: 'atLeast: 300000' },
  { key: 'net.netfilter.nf_conntrack_buckets', wants: 'atLeast: 131072' },
]);

/** nofile above what the kernel allows, and nothing that raises the latter. */
export const LOCKING_OUT = profileText('locking-out', [
  { key: 'limit.nofile.hard', wants: 'atLeast: 4194304' },
]);
