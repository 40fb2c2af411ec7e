/**
 * The experiments that need a virtual machine: values of the whole host, limits of logins and services. Their sizes
 * are what an emulated machine opens in a minute or two. Pure.
 */
import type { KeyPlan } from './key-plan.ts';

/** Half a million does not show a limit of 524,288; this does. */
const ABOVE_SYSTEMD = 530_000;

export const VM_KEYS: readonly KeyPlan[] = [
  {
    key: 'fs.file-max',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: 60_000,
        withoutValue: '100000',
        about: 'a value of many guides, written exactly, and a program that is not root',
      },
    ],
  },
  {
    key: 'fs.nr_open',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: 1,
        about: 'the nofile limit that the profile asks for, set by a login and by prlimit',
      },
    ],
    kept: 'no nofile limit can be above it, and the one of this goal is below the 1048576 that hosts start with',
  },
  {
    key: 'limit.nofile.hard',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: ABOVE_SYSTEMD,
        about: 'one process with more sockets than the 524,288 files of a stock login',
      },
    ],
  },
  {
    key: 'limit.nofile.soft',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: 5_000,
        about: 'a program that does not raise its own limit, as the soak itself does',
      },
    ],
  },
  {
    key: 'systemd.DefaultLimitNOFILE',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: ABOVE_SYSTEMD,
        about: 'a service without LimitNOFILE that raises its soft limit and opens sockets',
      },
    ],
    kept: 'the built-in 524288 is above this goal only since systemd 240',
  },
  {
    key: 'fs.epoll.max_user_watches',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: 40_000,
        withoutValue: '32768',
        about: 'a value of tuning scripts; the kernel’s own, 4% of RAM, lasts until the sockets fill the RAM',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_mem',
    experiments: [
      {
        place: 'vm',
        workload: 'slow-readers',
        connections: 8_000,
        about: 'one client in twenty reads nothing, and the server fills its buffers',
      },
    ],
  },
  {
    key: 'vm.overcommit_memory',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: 20_000,
        withoutValue: '2',
        about: 'the soak’s own processes under strict accounting',
      },
    ],
    kept: 'runtimes that reserve more address space than half of the RAM do not start with 2; this soak’s reserve little',
  },
  {
    key: 'net.netfilter.nf_conntrack_max',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: 70_000,
        withoutValue: '65536',
        about:
          'a rule that tracks them all, and the 65,536 entries of machines up to 4 GiB and of many guides',
      },
    ],
  },
  {
    key: 'net.netfilter.nf_conntrack_buckets',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: 60_000,
        withoutValue: '16384',
        about: 'a rule that tracks them all, in the buckets that kernels before 5.15 have up to 4 GiB',
      },
    ],
    kept: 'a look-up walks the chain of its bucket, and an emulated machine has no memory latency that it could cost',
  },
  {
    key: 'net.netfilter.nf_conntrack_tcp_timeout_established',
    experiments: [],
    unmeasured: 'an entry must be silent for ten minutes before the value that guides recommend is felt',
  },
];
