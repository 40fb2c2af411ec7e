/**
 * The experiments that a network namespace of its own is enough for. Sizes are the smallest that show the setting, so
 * that each can be repeated often enough to be believed. Pure.
 */
import type { KeyPlan } from './key-plan.ts';

/** Short enough that a burst of a few thousand overflows it: what happens then is what some settings are about. */
const SHORT_QUEUE = { 'net.core.somaxconn': '64' };
/** Of the 64,512 in a range from 1024: with fewer connections there is a port left beside those in TIME_WAIT. */
const NEARLY_ALL_PORTS = 60_000;
/** Profiles whose port range is the kernel's own; the others widen it. */
const SERVERS = ['c1m', 'c2m', 'push-1m'];

export const NAMESPACE_KEYS: readonly KeyPlan[] = [
  {
    key: 'net.core.somaxconn',
    experiments: [
      {
        place: 'namespace',
        workload: 'burst',
        connections: 200_000,
        figure: 'arrivals that met a full accept queue',
        about: '20,000 arrive at once, for a server that does nothing but accept',
      },
      {
        place: 'namespace',
        workload: 'burst',
        connections: 20_000,
        withoutValue: '128',
        about: '2,000 arrive at once, with the default of kernels before 5.4',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_syncookies',
    experiments: [
      {
        place: 'namespace',
        workload: 'idle',
        connections: 50,
        withValue: '1',
        withoutValue: '0',
        about: '50 clients arrive during a flood of SYNs from 6,000 senders that do not exist',
        demonstration: 'syn-flood',
      },
      {
        place: 'namespace',
        workload: 'burst',
        connections: 20_000,
        withoutValue: '0',
        also: SHORT_QUEUE,
        figure: 'connections lost',
        about: '2,000 real ones arrive at once for a queue of 64',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_max_syn_backlog',
    experiments: [
      {
        place: 'namespace',
        workload: 'idle',
        connections: 50,
        withValue: '65535',
        withoutValue: '2048',
        also: { 'net.ipv4.tcp_syncookies': '0', 'net.core.somaxconn': '65535' },
        about: '50 clients arrive during a flood of SYNs from 6,000 senders that do not exist',
        demonstration: 'syn-flood',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_abort_on_overflow',
    experiments: [
      {
        place: 'namespace',
        workload: 'burst',
        connections: 20_000,
        withoutValue: '1',
        also: SHORT_QUEUE,
        figure: 'connections lost',
        about: '2,000 arrive at once for a queue of 64',
      },
    ],
    kept: 'few handshakes end in the moment of the overflow over loopback; those that do are reset with 1',
  },
  {
    key: 'net.ipv4.tcp_rmem',
    experiments: [
      {
        place: 'namespace',
        workload: 'slow-readers',
        connections: 1_000,
        withoutValue: '8388608 8388608 8388608',
        figure: 'memory for each slow reader',
        about: '50 connections do not read',
      },
      {
        place: 'namespace',
        workload: 'slow-readers',
        connections: 1_000,
        profiles: ['c500k'],
        figure: 'memory for each slow reader',
        about: '50 connections do not read',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_wmem',
    experiments: [
      {
        place: 'namespace',
        workload: 'slow-readers',
        connections: 1_000,
        withoutValue: '4096 16777216 16777216',
        figure: 'memory for each slow reader',
        about: '50 connections do not read',
      },
      {
        place: 'namespace',
        workload: 'slow-readers',
        connections: 1_000,
        profiles: ['push-1m'],
        withoutValue: '4096 16777216 16777216',
        also: { 'net.ipv4.tcp_notsent_lowat': '4294967295' },
        figure: 'memory for each slow reader',
        about: 'the same where tcp_notsent_lowat does not hold the buffer down already',
      },
      {
        place: 'namespace',
        workload: 'slow-readers',
        connections: 1_000,
        profiles: ['c500k'],
        figure: 'memory for each slow reader',
        about: '50 connections do not read',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_moderate_rcvbuf',
    experiments: [
      {
        place: 'namespace',
        workload: 'slow-readers',
        connections: 1_000,
        withoutValue: '0',
        figure: 'slow readers, drained',
        about: '50 connections with 4 MB to read',
      },
      {
        place: 'namespace',
        workload: 'broadcast',
        connections: 20_000,
        withoutValue: '0',
        figure: 'broadcast',
        about: 'a message of 4 KB to all',
      },
    ],
    kept: 'a receive buffer has to grow where much is under way, over a path with delay, which loopback has not',
  },
  {
    key: 'net.ipv4.tcp_timestamps',
    experiments: [
      {
        place: 'namespace',
        workload: 'reconnect',
        connections: 20_000,
        profiles: SERVERS,
        withoutValue: '0',
        figure: 'reconnect, connects',
        about: 'half closes first, and comes back through the ports in TIME_WAIT',
      },
      {
        place: 'namespace',
        workload: 'reconnect',
        connections: NEARLY_ALL_PORTS,
        profiles: ['gateway-500k'],
        withoutValue: '0',
        figure: 'reconnect, connects',
        about: 'half closes first, and comes back through the ports in TIME_WAIT',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_tw_reuse',
    experiments: [
      {
        place: 'namespace',
        workload: 'reconnect',
        connections: NEARLY_ALL_PORTS,
        withoutValue: '0',
        figure: 'reconnect, connects',
        about: 'what the default 2 does on every way but loopback',
      },
      {
        place: 'namespace',
        workload: 'reconnect',
        connections: NEARLY_ALL_PORTS,
        figure: 'reconnect, connects',
        about: 'the default 2, which reuses over loopback',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_max_tw_buckets',
    experiments: [
      {
        place: 'namespace',
        workload: 'reconnect',
        connections: 280_000,
        figure: 'TIME_WAIT states skipped',
        about: '140,000 close at once',
      },
      {
        place: 'namespace',
        workload: 'reconnect',
        connections: 20_000,
        withoutValue: '5000',
        figure: 'TIME_WAIT states skipped',
        about: '10,000 close at once',
      },
    ],
  },
  {
    key: 'net.ipv4.ip_local_port_range',
    experiments: [
      {
        place: 'namespace',
        workload: 'gateway',
        connections: 60_000,
        profiles: ['gateway-500k'],
        figure: 'gateway, connects',
        about: 'an upstream connection for each client, to four upstreams',
      },
      {
        place: 'namespace',
        workload: 'idle',
        connections: 64_000,
        profiles: ['c500k'],
        figure: 'connections from one address',
        about: 'as many as one address can make',
      },
      {
        place: 'namespace',
        workload: 'gateway',
        connections: 20_000,
        profiles: SERVERS,
        withoutValue: '49152 65535',
        about:
          'the server’s own connections to one upstream, with the range that the registry of ports names',
      },
    ],
  },
  {
    key: 'net.ipv4.ip_local_reserved_ports',
    experiments: [
      {
        place: 'namespace',
        workload: 'idle',
        connections: 990,
        also: { 'net.ipv4.ip_local_port_range': '8000 8999' },
        about: 'services start on ports of a range that outgoing connections have filled',
        demonstration: 'reserved-ports',
      },
    ],
  },
  {
    key: 'net.ipv4.tcp_notsent_lowat',
    experiments: [
      {
        place: 'namespace',
        workload: 'slow-readers',
        connections: 1_000,
        figure: 'memory for each slow reader',
        about: '50 connections do not read',
      },
    ],
  },
];
