/**
 * The experiments that need a virtual machine: values of the whole host, limits of logins and services. Their sizes
 * are what an emulated machine holds. Pure.
 */
import type { KeyPlan } from './key-plan.ts';

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
        connections: 20_000,
        about: 'the limit that the profile asks for, set',
      },
    ],
  },
  {
    key: 'limit.nofile.hard',
    experiments: [
      { place: 'vm', workload: 'idle', connections: 530_000, about: 'one process with all connections' },
    ],
  },
  {
    key: 'limit.nofile.soft',
    experiments: [
      { place: 'vm', workload: 'idle', connections: 5_000, about: 'a program that does not raise its own' },
    ],
  },
  {
    key: 'systemd.DefaultLimitNOFILE',
    experiments: [
      { place: 'vm', workload: 'idle', connections: 530_000, about: 'one service with all connections' },
    ],
  },
  {
    key: 'fs.epoll.max_user_watches',
    experiments: [
      {
        place: 'vm',
        workload: 'idle',
        connections: 60_000,
        withoutValue: '100000',
        about: 'both ends watched',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_mem',
    experiments: [{ place: 'vm', workload: 'broadcast', connections: 200_000, about: 'a message to all' }],
  },
  {
    key: 'vm.overcommit_memory',
    experiments: [
      { place: 'vm', workload: 'idle', connections: 60_000, withoutValue: '2', about: 'programs that start' },
    ],
  },
  {
    key: 'net.netfilter.nf_conntrack_max',
    experiments: [
      { place: 'vm', workload: 'idle', connections: 300_000, about: 'a rule that tracks them all' },
    ],
  },
  {
    key: 'net.netfilter.nf_conntrack_buckets',
    experiments: [
      { place: 'vm', workload: 'idle', connections: 300_000, about: 'a rule that tracks them all' },
    ],
  },
  {
    key: 'net.netfilter.nf_conntrack_tcp_timeout_established',
    experiments: [],
    unmeasured: 'an entry must be silent for ten minutes before the value that guides recommend is felt',
  },
];
