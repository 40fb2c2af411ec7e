/** The hand-made hosts. Their captures in test/fixtures/hosts are written by `npm run golden`. */
import { change, KERNEL_6_1, type MadeHost, madeHost, type Sysctls } from './base.ts';

const DEBIAN_12 = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n';
const CONNTRACK: Sysctls = {
  'net.netfilter.nf_conntrack_max': '262144',
  'net.netfilter.nf_conntrack_buckets': '262144',
  'net.netfilter.nf_conntrack_tcp_timeout_established': '432000',
  'net.netfilter.nf_conntrack_count': '312',
};

/** What a child network namespace does not show. */
const HIDDEN_IN_CHILD: Sysctls = Object.fromEntries(
  [
    'net.core.netdev_max_backlog',
    'net.core.default_qdisc',
    'net.core.rps_sock_flow_entries',
    'net.core.netdev_budget',
    'net.core.netdev_budget_usecs',
    'net.core.rmem_max',
    'net.core.wmem_max',
    'net.core.rmem_default',
    'net.core.wmem_default',
    'net.core.optmem_max',
    'net.ipv4.tcp_mem',
    'net.ipv4.udp_mem',
    'net.ipv4.tcp_max_orphans',
    'net.ipv4.neigh.default.gc_thresh1',
    'net.ipv4.neigh.default.gc_thresh2',
    'net.ipv4.neigh.default.gc_thresh3',
    'net.ipv6.neigh.default.gc_thresh1',
    'net.ipv6.neigh.default.gc_thresh2',
    'net.ipv6.neigh.default.gc_thresh3',
  ].map((key) => [key, null]),
);

export const MADE_HOSTS: readonly MadeHost[] = [
  {
    name: 'rhel-9',
    about: `A stock RHEL-9-like server with firewalld: systemd has raised fs.nr_open to 1073741816 and fs.file-max to 2^63-1, and
connection tracking is active with its default of 262144 entries, so that the firewall is the first wall.

Made by hand from the published defaults of RHEL 9 (kernel 5.14); nothing was recorded.`,
    parts: madeHost({
      sysctls: change(
        { ...KERNEL_6_1, ...CONNTRACK },
        {
          'kernel.osrelease': '5.14.0-427.13.1.el9_4.x86_64',
          'fs.nr_open': '1073741816',
          'net.ipv4.tcp_mem': '768000\t1024000\t1536000',
          'net.ipv4.tcp_max_tw_buckets': '262144',
          'net.ipv4.tcp_ehash_entries': null,
          'net.ipv4.tcp_child_ehash_entries': null,
        },
      ),
      memoryGib: 62,
      cpus: 16,
      osRelease:
        'NAME="Red Hat Enterprise Linux"\nPRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"\nID="rhel"\nVERSION_ID="9.4"\n',
      listeners: [
        [22, 128],
        [443, 511],
      ],
    }),
  },
  {
    name: 'i686-lowmem',
    about: `A 32-bit kernel with 6 GiB: all socket buffers must live in the 852 MiB of low memory, of which 12 MiB are free. This is the
machine of the article's out-of-memory story, on a newer kernel.

Made by hand: the form of LowTotal and LowFree is that of a 32-bit PAE kernel's /proc/meminfo; the numbers are invented.`,
    parts: madeHost({
      sysctls: change(KERNEL_6_1, {
        'kernel.osrelease': '5.10.0-33-686-pae',
        'fs.file-max': '587654',
        'fs.nr_open': '1048576',
        'fs.epoll.max_user_watches': '190000',
        'net.ipv4.tcp_mem': '18000\t24000\t36000',
        'net.ipv4.tcp_ehash_entries': null,
        'net.ipv4.tcp_child_ehash_entries': null,
        'kernel.pid_max': '32768',
      }),
      memoryGib: 6,
      meminfoExtra: 'HighTotal: 5398528 kB\nHighFree: 4900000 kB\nLowTotal: 872600 kB\nLowFree: 12288 kB\n',
      osRelease: 'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\nID=debian\nVERSION_ID="11"\n',
      self: { arch: 'ia32' },
    }),
  },
  {
    name: 'container-netns',
    about: `A Docker container with its own network namespace and a read-only /proc/sys, without CAP_NET_ADMIN and CAP_SYS_RESOURCE, and with
a memory limit of 4 GiB: host-wide keys are not visible, per-namespace keys start from the kernel's defaults.

Made by hand; which keys are hidden and which are read-only was recorded in a child network namespace of a 6.1 kernel.`,
    parts: madeHost({
      sysctls: change(KERNEL_6_1, HIDDEN_IN_CHILD),
      memoryGib: 16,
      osRelease: 'PRETTY_NAME="Alpine Linux v3.20"\nID=alpine\nVERSION_ID=3.20.3\n',
      init: 'sh',
      nofile: ['1048576', '1048576'],
      capabilities: '00000000a80425fb',
      readOnlyProcSys: true,
      links: {
        '/proc/self/ns/pid': 'pid:[4026532761]',
        '/proc/self/ns/net': 'net:[4026532764]',
        '/proc/4200/ns/net': 'net:[4026532764]',
      },
      files: {
        '/.dockerenv': '',
        '/proc/4200/cgroup': '0::/\n',
        '/sys/fs/cgroup/memory.max': '4294967296\n',
        '/sys/fs/cgroup/pids.max': '512\n',
      },
    }),
  },
  {
    name: 'gvisor',
    about: `A gVisor sandbox: a stub /proc/sys with a handful of keys, a network stack of its own, and a fixed kernel version. Missing keys are
not failures there.

Made by hand from gVisor's tasks_sys.go; nothing was recorded.`,
    parts: madeHost({
      sysctls: {
        'kernel.osrelease': '4.19.0-gvisor',
        'fs.nr_open': '1048576',
        'net.core.somaxconn': '1024',
        'net.core.rmem_max': '212992',
        'net.ipv4.tcp_rmem': '4096\t1048576\t8388608',
        'net.ipv4.tcp_wmem': '4096\t262144\t4194304',
        'net.ipv4.tcp_congestion_control': 'reno',
        'net.ipv4.ip_local_port_range': '16000\t65535',
        'net.ipv4.ip_local_reserved_ports': '',
        'vm.max_map_count': '2147483647',
      },
      memoryGib: 8,
      osRelease: DEBIAN_12,
      init: 'sh',
      nofile: ['1048576', '1048576'],
      readOnlyProcSys: true,
      links: { '/proc/self/ns/pid': 'pid:[2]' },
      files: { '/proc/version': 'Linux version 4.19.0-gvisor #1 SMP Sun Jan 10 15:06:54 PST 2016\n' },
    }),
  },
  {
    name: 'arm64-64k',
    about: `An arm64 server whose kernel has 64 KiB pages: tcp_mem counts those, so the same number means sixteen times the memory.

Made by hand; the tcp_mem triple follows from the kernel's formula for 125 GiB in pages of 64 KiB.`,
    parts: madeHost({
      sysctls: change(KERNEL_6_1, {
        'kernel.osrelease': '6.8.0-49-generic-64k',
        'fs.nr_open': '1073741816',
        'net.core.optmem_max': '131072',
        'net.ipv4.tcp_mem': '93000\t124000\t186000',
        'net.ipv4.tcp_max_tw_buckets': '262144',
        'fs.epoll.max_user_watches': '29000000',
      }),
      memoryGib: 125,
      cpus: 64,
      osRelease: 'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nID=ubuntu\nVERSION_ID="24.04"\n',
      self: { arch: 'arm64', pageSize: 65536 },
    }),
  },
  {
    name: 'tuned-by-blog',
    about: `A server that was "tuned for 100k users" with lines from blogs: fs.file-max lowered to 999999, tcp_mem in bytes, the removed
tcp_tw_recycle, TIME_WAIT buckets cut to 5000, timestamps off, a port range from 1024 over its own services, SYN cookies off.

Made by hand; each line is one that was found in public configurations.`,
    parts: madeHost({
      sysctls: change(KERNEL_6_1, {
        'fs.file-max': '999999',
        'net.ipv4.tcp_mem': '94500000\t915000000\t927000000',
        'net.ipv4.tcp_rmem': '8388608\t8388608\t8388608',
        'net.ipv4.tcp_wmem': '4096\t16777216\t16777216',
        'net.ipv4.tcp_max_tw_buckets': '5000',
        'net.ipv4.tcp_timestamps': '0',
        'net.ipv4.tcp_syncookies': '0',
        'net.ipv4.tcp_tw_reuse': '1',
        'net.ipv4.tcp_abort_on_overflow': '1',
        'net.ipv4.ip_local_port_range': '1024\t65000',
        'net.core.rmem_default': '16777216',
        'net.core.somaxconn': '65535',
        'vm.overcommit_memory': '2',
      }),
      memoryGib: 16,
      osRelease: DEBIAN_12,
      listeners: [
        [22, 128],
        [3306, 151],
        [6379, 511],
        [8080, 100],
      ],
      files: {
        '/etc/sysctl.d/99-tuning.conf': `# c100k settings from the web
fs.file-max = 999999
net.ipv4.tcp_tw_recycle = 1
net.ipv4.tcp_tw_reuse = 1
net.ipv4.tcp_fin_timeout = 10
net/ipv4/tcp_timestamps = 0
net.ipv4.tcp_timestamps = 0
net.ipv4.ip_conntrack_max = 655360
net.ipv4.tcp_mem = 94500000 915000000 927000000
kernel.pid_max = 65536
`,
      },
    }),
  },
  {
    name: 'c1m-ready',
    about: `A server on which everything that c1m wants is so: the audit has nothing to say, and the exit code is 0.

Made by hand.`,
    parts: madeHost({
      sysctls: change(KERNEL_6_1, {
        'fs.nr_open': '2097152',
        'net.core.somaxconn': '65535',
        'net.ipv4.tcp_mem': '768000\t1024000\t1536000',
        'net.ipv4.tcp_keepalive_time': '600',
        'net.ipv4.tcp_max_tw_buckets': '262144',
      }),
      memoryGib: 32,
      nofile: ['2097152', '2097152'],
      osRelease: DEBIAN_12,
      listeners: [
        [22, 128],
        [443, 65535],
      ],
      files: {
        '/etc/systemd/system.conf.d/50-tune.conf': '[Manager]\nDefaultLimitNOFILE=2097152:2097152\n',
        '/etc/sysctl.d/zz-tune.conf': `fs.nr_open = 2097152
net.core.somaxconn = 65535
net.ipv4.tcp_keepalive_time = 600
net.ipv4.tcp_mem = 768000 1024000 1536000
net.ipv4.tcp_max_tw_buckets = 262144
`,
      },
    }),
  },
  {
    name: 'lost-at-reboot',
    about: `A server that was tuned by hand and looks ready today. The next boot undoes it: fs.nr_open and somaxconn were only set live, a
vendor file in /usr/lib sorts after the administrator's and beats his keepalive time, tcp_max_tw_buckets stands in a file and was never
applied, and /etc/sysctl.conf, which systemd does not read here, holds what \`sysctl --system\` would apply.

Made by hand: the story of half the threads in the field, on one machine.`,
    parts: madeHost({
      sysctls: change(KERNEL_6_1, {
        'fs.nr_open': '2097152',
        'net.core.somaxconn': '65535',
        'net.ipv4.tcp_mem': '768000\t1024000\t1536000',
        'net.ipv4.tcp_keepalive_time': '600',
        'net.ipv4.tcp_max_tw_buckets': '65536',
      }),
      memoryGib: 32,
      nofile: ['2097152', '2097152'],
      osRelease: 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\n',
      listeners: [
        [22, 128],
        [443, 65535],
      ],
      files: {
        '/etc/sysctl.d/50-admin.conf':
          'net.ipv4.tcp_keepalive_time = 600\nnet.ipv4.tcp_max_tw_buckets = 262144\n',
        '/usr/lib/sysctl.d/60-vendor.conf': 'net.ipv4.tcp_keepalive_time = 7200\n',
        '/etc/sysctl.conf': 'net.core.somaxconn = 65535\n',
        '/etc/security/limits.d/90-files.conf': '* - nofile 1M\nroot - nofile 1048576\n',
        '/etc/pam.d/login': 'session required pam_limits.so\n',
        '/etc/systemd/system.conf.d/50-files.conf': '[Manager]\nDefaultLimitNOFILE=1024:2097152\n',
      },
    }),
  },
];
