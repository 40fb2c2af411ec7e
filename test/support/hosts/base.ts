/** Parts from which hand-made hosts are put together: a plain 64-bit server with systemd and a login shell. */
import type { MemoryHostParts } from '../../../src/host/memory.ts';

export interface MadeHost {
  readonly name: string;
  /** For about.md: what it shows, what was recorded, what was made by hand. */
  readonly about: string;
  readonly parts: MemoryHostParts;
}

/** Sysctl values as `key: text`; null takes a key away. */
export type Sysctls = Readonly<Record<string, string | null>>;

/** A plain 6.1 kernel with 16 GiB: the values are those of a Debian 12 machine, scaled where RAM decides. */
export const KERNEL_6_1: Sysctls = {
  'kernel.osrelease': '6.1.0-28-amd64',
  'kernel.pid_max': '4194304',
  'kernel.threads-max': '127604',
  'fs.file-max': '9223372036854775807',
  'fs.nr_open': '1048576',
  'fs.epoll.max_user_watches': '3660000',
  'fs.inotify.max_user_watches': '123000',
  'fs.inotify.max_user_instances': '128',
  'fs.inotify.max_queued_events': '16384',
  'vm.max_map_count': '65530',
  'vm.overcommit_memory': '0',
  'vm.swappiness': '60',
  'vm.min_free_kbytes': '67584',
  'vm.watermark_scale_factor': '10',
  'net.core.somaxconn': '4096',
  'net.core.netdev_max_backlog': '1000',
  'net.core.rmem_max': '212992',
  'net.core.wmem_max': '212992',
  'net.core.rmem_default': '212992',
  'net.core.wmem_default': '212992',
  'net.core.optmem_max': '20480',
  'net.core.default_qdisc': 'fq_codel',
  'net.core.rps_sock_flow_entries': '0',
  'net.core.netdev_budget': '300',
  'net.core.netdev_budget_usecs': '8000',
  'net.ipv4.tcp_rmem': '4096\t131072\t6291456',
  'net.ipv4.tcp_wmem': '4096\t16384\t4194304',
  'net.ipv4.tcp_mem': '191000\t254668\t382000',
  'net.ipv4.udp_mem': '382000\t509336\t764000',
  'net.ipv4.tcp_max_syn_backlog': '1024',
  'net.ipv4.tcp_syncookies': '1',
  'net.ipv4.tcp_max_orphans': '65536',
  'net.ipv4.tcp_orphan_retries': '0',
  'net.ipv4.tcp_max_tw_buckets': '65536',
  'net.ipv4.tcp_tw_reuse': '2',
  'net.ipv4.tcp_fin_timeout': '60',
  'net.ipv4.tcp_keepalive_time': '7200',
  'net.ipv4.tcp_keepalive_intvl': '75',
  'net.ipv4.tcp_keepalive_probes': '9',
  'net.ipv4.tcp_slow_start_after_idle': '1',
  'net.ipv4.tcp_notsent_lowat': '4294967295',
  'net.ipv4.tcp_fastopen': '1',
  'net.ipv4.tcp_congestion_control': 'cubic',
  'net.ipv4.tcp_mtu_probing': '0',
  'net.ipv4.tcp_timestamps': '1',
  'net.ipv4.tcp_window_scaling': '1',
  'net.ipv4.tcp_sack': '1',
  'net.ipv4.tcp_adv_win_scale': '1',
  'net.ipv4.tcp_moderate_rcvbuf': '1',
  'net.ipv4.tcp_ehash_entries': '131072',
  'net.ipv4.tcp_child_ehash_entries': '0',
  'net.ipv4.tcp_abort_on_overflow': '0',
  'net.ipv4.tcp_synack_retries': '5',
  'net.ipv4.tcp_syn_retries': '6',
  'net.ipv4.tcp_retries2': '15',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_local_reserved_ports': '',
  'net.ipv4.ip_unprivileged_port_start': '1024',
  'net.ipv4.neigh.default.gc_thresh1': '128',
  'net.ipv4.neigh.default.gc_thresh2': '512',
  'net.ipv4.neigh.default.gc_thresh3': '1024',
  'net.ipv6.neigh.default.gc_thresh1': '128',
  'net.ipv6.neigh.default.gc_thresh2': '512',
  'net.ipv6.neigh.default.gc_thresh3': '1024',
  'net.ipv4.conf.all.rp_filter': '0',
};

const SOCKET_HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

export interface HostSketch {
  readonly sysctls: Sysctls;
  readonly memoryGib: number;
  readonly meminfoExtra?: string;
  readonly osRelease: string;
  readonly init?: string;
  readonly cpus?: number;
  readonly nofile?: readonly [soft: string, hard: string];
  /** CapEff of the gathering process. */
  readonly capabilities?: string;
  /** Listening TCP ports and their backlogs. */
  readonly listeners?: readonly (readonly [port: number, backlog: number])[];
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly errors?: Readonly<Record<string, string>>;
  readonly self?: MemoryHostParts['self'];
  readonly readOnlyProcSys?: boolean;
}

/** The files that `gather` reads, from a sketch. */
export function madeHost(sketch: HostSketch): MemoryHostParts {
  const sysctls = Object.entries(sketch.sysctls).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  const [soft, hard] = sketch.nofile ?? ['1024', '524288'];
  const kib = Math.round(sketch.memoryGib * 1024 * 1024);
  const listeners = sketch.listeners ?? [[22, 128]];
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  return {
    self: {
      pid: 4242,
      ppid: 4200,
      uid: 0,
      arch: 'x64',
      pageSize: 4096,
      now: Date.UTC(2026, 10, 22),
      ...sketch.self,
    },
    files: {
      ...Object.fromEntries(
        sysctls.map(([key, text]) => [`/proc/sys/${key.replaceAll('.', '/')}`, `${text}\n`]),
      ),
      '/proc/sys/kernel/random/boot_id': '6d1f0a52-0000-4000-8000-00000000c1a0\n',
      '/proc/meminfo': `MemTotal: ${kib} kB\nMemFree: ${Math.round(kib * 0.8)} kB\nMemAvailable: ${Math.round(kib * 0.9)} kB\n${sketch.meminfoExtra ?? ''}`,
      '/proc/1/comm': `${sketch.init ?? 'systemd'}\n`,
      '/proc/4200/comm': 'bash\n',
      '/proc/4200/stat': '4200 (bash) S 4100 4200 4200 0 -1 0\n',
      '/proc/4200/cgroup': '0::/user.slice/user-0.slice/session-1.scope\n',
      '/proc/4200/limits': `Limit                     Soft Limit           Hard Limit           Units     
Max processes             63802                63802                processes 
Max open files            ${soft.padEnd(20)} ${hard.padEnd(20)} files     
Max locked memory         8388608              8388608              bytes     
`,
      '/proc/self/status': `Name:\tnode\nCapEff:\t${sketch.capabilities ?? '000001ffffffffff'}\n`,
      '/sys/devices/system/cpu/online': `0-${(sketch.cpus ?? 4) - 1}\n`,
      '/etc/os-release': sketch.osRelease,
      '/etc/security/limits.conf': '# nothing\n',
      '/proc/net/tcp':
        SOCKET_HEADER +
        listeners
          .map(
            ([port], i) =>
              `   ${i}: 00000000:${hex(port)} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100\n`,
          )
          .join(''),
      '/proc/net/tcp6': SOCKET_HEADER,
      '/proc/net/udp': SOCKET_HEADER,
      '/proc/net/udp6': SOCKET_HEADER,
      ...sketch.files,
    },
    links: {
      '/proc/self/ns/pid': 'pid:[4026531836]',
      '/proc/self/ns/net': 'net:[4026531840]',
      '/proc/4200/ns/net': 'net:[4026531840]',
      ...sketch.links,
    },
    errors: sketch.errors ?? {},
    writable: sketch.readOnlyProcSys ? [] : ['/proc/sys/net/core/somaxconn'],
    programs: {
      'ss -Hltun': listeners
        .map(([port, backlog]) => `tcp LISTEN 0 ${backlog} 0.0.0.0:${port} 0.0.0.0:*\n`)
        .join(''),
    },
  };
}

/** `base` with changes; null takes a key away. */
export function change(base: Sysctls, changes: Sysctls): Sysctls {
  return { ...base, ...changes };
}
