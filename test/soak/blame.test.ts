import fs from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memoryHost } from '../../src/host/memory.ts';
import type { BlameCode, CallFailure, SoakPlan, WorkerEnd, WorkloadReport } from '../../src/model/soak.ts';
import { findBlame } from '../../src/soak/blame.ts';
import { BLAME_TABLE } from '../../src/soak/blame-table.ts';
import { readCounters } from '../../src/soak/counters.ts';
import type { Evidence } from '../../src/soak/evidence.ts';

const GIB = 2 ** 30;
const plan: SoakPlan = {
  server: { address: '127.0.0.1', port: 7000 },
  portRange: { low: 32768, high: 60999 },
  portsReserved: 0,
  portsListening: 0,
  portsPerSource: 28_232,
  sources: { first: '127.1.0.1', last: '127.1.0.4', count: 4 },
  capacity: 4 * 28_232,
  clients: 6,
  upstream: null,
  servers: 6,
  socketsPerProcess: 19_952,
  parallel: 2,
  memory: {
    kernelPerConnection: 8140,
    basis: 'table',
    kernel: GIB,
    processes: GIB,
    needed: 2 * GIB,
    memAvailable: 10 * GIB,
    overstated: 0,
    cgroupFree: null,
    free: 10 * GIB,
    floor: GIB,
  },
};
const counters = readCounters(
  memoryHost({ files: { '/proc/meminfo': 'MemTotal: 25165824 kB\nMemAvailable: 1048576 kB\n' } }),
);
const groups = { memory: null, tasks: null, oomKills: null, refusedForks: null };
const evidence = (parts: Partial<Evidence> = {}): Evidence => ({
  goal: 100_000,
  mode: 'strict',
  plan,
  established: 50_000,
  timedOut: 0,
  failures: [],
  unstarted: [],
  lostWorkers: [],
  workload: null,
  floorHit: false,
  moved: {},
  machine: {
    nofileHard: 20_000,
    nprocHard: null,
    isAboveFileMax: true,
    nrOpen: 1_048_576,
    fileMax: 2_000_000,
    epollWatches: 5_000_000,
    pidMax: 32_768,
    threadsMax: 190_000,
    tasks: 200,
    tcpMem: [287_898, 383_867, 575_796],
  },
  net: {
    portRange: plan.portRange,
    reserved: [],
    somaxconn: 4096,
    synBacklog: 2048,
    syncookies: 1,
    abortOnOverflow: 0,
    conntrackMax: 262_144,
    twReuse: 2,
    notsentLowat: 4_294_967_295,
    timestamps: 1,
    twReuseDelay: 1000,
  },
  before: counters,
  after: counters,
  groupsBefore: groups,
  groupsAfter: groups,
  peak: { tcpPages: 0, timeWait: 0, conntrack: 0, openFiles: 0, lowestFree: 9 * GIB },
  ...parts,
});
const failure = (side: 'client' | 'server', call: string, errno: string): CallFailure => ({
  side,
  call,
  errno,
  count: 12,
});
const killed: WorkerEnd = { role: 'server', index: 0, pid: 7, exitCode: null, signal: 'SIGKILL' };
const tight = { file: '/sys/fs/cgroup/x/memory.max', max: GIB, current: GIB - 1000 };

const work = {
  ...{ startMs: 1, durationMs: 2, end: 'done' as const, connections: 50_000, completed: 50_000, timedOut: 0 },
  ...{ failures: [], peak: { queuedBytes: 0, timeWait: 0 }, counters: {} },
};
const slowReaders = (parts: {
  readonly completed: number;
  readonly connections: number;
  readonly queuedBytes: number;
}): WorkloadReport => ({
  ...work,
  ...parts,
  ...{ name: 'slow-readers', end: 'at-limit', bytes: 5, bytesPerConnection: 4_000_000, leftBytes: 0 },
  ...{ memoryPerConnection: 4_100_000, fillMs: 1, waitMs: 1, drainMs: 1, memoryPressures: 1 },
  peak: { queuedBytes: parts.queuedBytes, timeWait: 0 },
});
const reconnecting = ({ end }: { readonly end: WorkloadReport['end'] }): WorkloadReport => ({
  ...work,
  ...{ name: 'reconnect', end, closed: 50_000, reopened: 9000, closeMs: 1, reconnectMs: 1 },
  ...{ connectsPerSecond: 200, latency: percentiles, timeWait: 50_000, timeWaitSkipped: 0 },
  ...{ timeWaitReused: 0, portsMissing: 12 },
});
const percentiles = { samples: 0, every: 16, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };

interface Case {
  readonly code: BlameCode;
  readonly key: string;
  readonly needed: string | null;
  readonly judges: string;
  readonly parts: Partial<Evidence>;
}

const CASES: Readonly<Record<string, Case>> = {
  'EMFILE in the server': {
    code: 'process-files',
    key: 'limit.nofile.hard',
    needed: '100048',
    judges: 'host',
    parts: { failures: [failure('server', 'accept4', 'EMFILE')] },
  },
  'EMFILE at the ceiling of nr_open': {
    code: 'process-files',
    key: 'fs.nr_open',
    needed: '100048',
    judges: 'host',
    parts: {
      failures: [failure('server', 'accept4', 'EMFILE')],
      machine: { ...evidence().machine, nofileHard: 1_048_576 },
    },
  },
  'EMFILE with nr_open lowered below the hard limit, which it must reach again before anybody can raise a soft one':
    {
      code: 'process-files',
      key: 'fs.nr_open',
      needed: '524288',
      judges: 'host',
      parts: {
        failures: [failure('server', 'accept4', 'EMFILE')],
        machine: { ...evidence().machine, nofileHard: 524_288, nrOpen: 12_000 },
      },
    },
  'EMFILE in a client': {
    code: 'process-files',
    key: 'limit.nofile.hard',
    needed: '20000',
    judges: 'generator',
    parts: { mode: 'spread', failures: [failure('client', 'socket', 'EMFILE')] },
  },
  'ENFILE with file-nr at file-max': {
    code: 'system-files',
    key: 'fs.file-max',
    needed: '200576',
    judges: 'host',
    parts: {
      failures: [failure('client', 'socket', 'ENFILE')],
      peak: { tcpPages: 0, timeWait: 0, conntrack: 0, openFiles: 1_999_990, lowestFree: 9 * GIB },
    },
  },
  'ENFILE of an ordinary user, whose last look at file-nr was some hundred files before': {
    code: 'system-files',
    key: 'fs.file-max',
    needed: '200576',
    judges: 'host',
    parts: {
      failures: [failure('client', 'socket', 'ENFILE')],
      established: 995_000,
      machine: { ...evidence().machine, isAboveFileMax: false },
      peak: { tcpPages: 0, timeWait: 0, conntrack: 0, openFiles: 1_900_000, lowestFree: 9 * GIB },
    },
  },
  'ENFILE of root, whom file-max does not bind': {
    code: 'kernel-allocation',
    key: 'RAM',
    needed: null,
    judges: 'machine',
    parts: { failures: [failure('client', 'socket', 'ENFILE')], established: 995_000 },
  },
  'ENFILE although there is room: an inode could not be had': {
    code: 'kernel-allocation',
    key: 'RAM',
    needed: null,
    judges: 'machine',
    parts: { failures: [failure('client', 'socket', 'ENFILE')] },
  },
  EADDRNOTAVAIL: {
    code: 'ports-exhausted',
    key: 'net.ipv4.ip_local_port_range',
    needed: '32768 65535',
    judges: 'host',
    parts: { failures: [failure('client', 'connect', 'EADDRNOTAVAIL')] },
  },
  'EADDRNOTAVAIL that no range can mend': {
    code: 'ports-exhausted',
    key: 'net.ipv4.ip_local_port_range',
    needed: null,
    judges: 'host',
    parts: { goal: 1_000_000, failures: [failure('client', 'bind', 'EADDRINUSE')] },
  },
  'timeouts with a full conntrack table': {
    code: 'conntrack-full',
    key: 'net.netfilter.nf_conntrack_max',
    needed: '150000',
    judges: 'host',
    parts: {
      timedOut: 40,
      peak: { tcpPages: 0, timeWait: 0, conntrack: 262_144, openFiles: 0, lowestFree: 9 * GIB },
      moved: { 'TcpExt.ListenOverflows': 3 },
    },
  },
  'timeouts with listen overflows': {
    code: 'accept-queue-overflow',
    key: 'net.core.somaxconn',
    needed: '8192',
    judges: 'host',
    parts: { timedOut: 40, moved: { 'TcpExt.ListenOverflows': 99, 'TcpExt.ListenDrops': 99 } },
  },
  'timeouts with a full SYN queue and no cookies': {
    code: 'syn-queue-drop',
    key: 'net.ipv4.tcp_syncookies',
    needed: '1',
    judges: 'host',
    parts: {
      timedOut: 40,
      moved: { 'TcpExt.TCPReqQFullDrop': 99 },
      net: { ...evidence().net, syncookies: 0 },
    },
  },
  'resets with abort_on_overflow': {
    code: 'reset-on-overflow',
    key: 'net.ipv4.tcp_abort_on_overflow',
    needed: '0',
    judges: 'host',
    parts: {
      failures: [failure('client', 'connect', 'ECONNRESET')],
      moved: { 'TcpExt.ListenOverflows': 9 },
      net: { ...evidence().net, abortOnOverflow: 1 },
    },
  },
  'sockstat at tcp_mem[2]': {
    code: 'tcp-memory',
    key: 'net.ipv4.tcp_mem',
    needed: '575796 767734 1151592',
    judges: 'host',
    parts: {
      timedOut: 1,
      peak: { tcpPages: 575_700, timeWait: 0, conntrack: 0, openFiles: 0, lowestFree: 9 * GIB },
    },
  },
  'ENOSPC from epoll_ctl': {
    code: 'epoll-watches',
    key: 'fs.epoll.max_user_watches',
    needed: '110001',
    judges: 'host',
    parts: { failures: [failure('server', 'epoll_ctl', 'ENOSPC')] },
  },
  'EAGAIN from a fork, group full': {
    code: 'tasks-cgroup',
    key: '/p/pids.max',
    needed: null,
    judges: 'generator',
    parts: {
      unstarted: ['EAGAIN'],
      groupsBefore: { ...groups, tasks: { file: '/p/pids.max', max: 100, current: 99 }, refusedForks: 1 },
      groupsAfter: { ...groups, tasks: { file: '/p/pids.max', max: 100, current: 50 }, refusedForks: 2 },
    },
  },
  'EAGAIN from a fork, no group': {
    code: 'tasks-system',
    key: 'kernel.pid_max',
    needed: null,
    judges: 'generator',
    parts: { unstarted: ['EAGAIN'] },
  },
  'a kill by the memory cgroup': {
    code: 'memory-cgroup',
    key: '/sys/fs/cgroup/x/memory.max',
    needed: String(GIB - 1000 + 3 * GIB),
    judges: 'host',
    parts: {
      plan: { ...plan, memory: { ...plan.memory, cgroupFree: 1000, free: 1000 } },
      lostWorkers: [killed],
      groupsBefore: { ...groups, memory: tight, oomKills: 4 },
      groupsAfter: { ...groups, memory: tight, oomKills: 5 },
    },
  },
  'a kill by the machine': {
    code: 'memory-machine',
    key: 'RAM',
    needed: String(24 * GIB - 10 * GIB + 3 * GIB),
    judges: 'machine',
    parts: {
      lostWorkers: [killed],
      before: { ...counters, oomKills: 1 },
      after: { ...counters, oomKills: 2 },
      peak: { ...evidence().peak, lowestFree: GIB / 2 },
    },
  },
  'the memory floor': {
    code: 'memory-machine',
    key: 'RAM',
    needed: String(24 * GIB - 10 * GIB + 3 * GIB),
    judges: 'machine',
    parts: { floorHit: true },
  },
  'slow readers that came to the pressure mark': {
    code: 'tcp-memory',
    key: 'net.ipv4.tcp_mem',
    needed: '720000 960000 1440000',
    judges: 'host',
    parts: {
      workload: slowReaders({ completed: 500, connections: 1000, queuedBytes: 400_000 * 4096 }),
      peak: { ...evidence().peak, tcpPages: 400_000 },
    },
  },
  'slow readers for whom no machine has the memory': {
    code: 'tcp-memory',
    key: 'net.ipv4.tcp_notsent_lowat',
    needed: '131072',
    judges: 'host',
    parts: {
      workload: slowReaders({ completed: 400, connections: 25_000, queuedBytes: 400_000 * 4096 }),
      peak: { ...evidence().peak, tcpPages: 400_000 },
    },
  },
  'a burst that only the clients believe in': {
    code: 'accept-queue-overflow',
    key: 'net.core.somaxconn',
    needed: '8192',
    judges: 'host',
    parts: {
      workload: { ...reconnecting({ end: 'done' }), completed: 8000 },
      moved: { 'TcpExt.ListenOverflows': 3 },
    },
  },
  'no port left for those that came back, and TIME_WAIT kept': {
    code: 'time-wait-kept',
    key: 'net.ipv4.tcp_tw_reuse',
    needed: '1',
    judges: 'host',
    parts: {
      workload: reconnecting({ end: 'done' }),
      failures: [failure('client', 'connect', 'EADDRNOTAVAIL')],
      net: { ...evidence().net, twReuse: 0 },
      peak: { ...evidence().peak, timeWait: 9000 },
    },
  },
  'reconnects that crawl past TIME_WAIT': {
    code: 'time-wait-kept',
    key: 'net.ipv4.tcp_tw_reuse_delay',
    needed: '1000',
    judges: 'host',
    parts: {
      workload: reconnecting({ end: 'stalled' }),
      net: { ...evidence().net, twReuseDelay: 60_000 },
      peak: { ...evidence().peak, timeWait: 9000 },
    },
  },
  'reconnects still under way past TIME_WAIT when their time was over': {
    code: 'time-wait-kept',
    key: 'net.ipv4.tcp_tw_reuse',
    needed: '1',
    judges: 'host',
    parts: {
      workload: reconnecting({ end: 'late' }),
      net: { ...evidence().net, twReuse: 0 },
      peak: { ...evidence().peak, timeWait: 9000 },
    },
  },
  'no port left for those that came back, although TIME_WAIT is reused': {
    code: 'ports-exhausted',
    key: 'net.ipv4.ip_local_port_range',
    needed: '32768 65535',
    judges: 'host',
    parts: {
      workload: reconnecting({ end: 'done' }),
      failures: [failure('client', 'connect', 'EADDRNOTAVAIL')],
      peak: { ...evidence().peak, timeWait: 9000 },
    },
  },
  ENOBUFS: {
    code: 'socket-buffers',
    key: 'RAM',
    needed: null,
    judges: 'machine',
    parts: { failures: [failure('client', 'connect', 'ENOBUFS')] },
  },
  EPERM: {
    code: 'not-permitted',
    key: 'firewall or security module',
    needed: null,
    judges: 'host',
    parts: { failures: [failure('client', 'connect', 'EPERM')] },
  },
};

describe('blame', () => {
  test.each(Object.entries(CASES))('%s', (_name, { code, key, needed, judges, parts }) => {
    const found = findBlame(evidence(parts));
    expect(found).toMatchObject({ judges, blame: { code, key, needed } });
    expect(found?.blame.evidence.length).toBeGreaterThan(0);
    expect(found?.blame.evidence.join(' ')).not.toMatch(/undefined|NaN|null/);
  });

  test('every code of the table has a case', () => {
    const tested = new Set(Object.values(CASES).map((c) => c.code));
    expect(BLAME_TABLE.map((row) => row.code).filter((code) => !tested.has(code))).toEqual([]);
  });

  test('a run without a failure blames nothing', () => {
    expect(findBlame(evidence())).toBeNull();
  });

  test.each<[string, Partial<Evidence>]>([
    ['timeouts alone', { timedOut: 5 }],
    ['overflows that no connect suffered from', { moved: { 'TcpExt.ListenOverflows': 5 } }],
    [
      'an out-of-memory kill of somebody else',
      { after: { ...counters, oomKills: 9 }, before: { ...counters, oomKills: 1 } },
    ],
    ['a worker killed by hand', { lostWorkers: [killed] }],
    [
      'a worker killed by hand while somebody else’s control group runs out of memory',
      { lostWorkers: [killed], before: { ...counters, oomKills: 1 }, after: { ...counters, oomKills: 2 } },
    ],
    [
      'a full conntrack table that let all through',
      { peak: { tcpPages: 0, timeWait: 0, conntrack: 262_144, openFiles: 0, lowestFree: 9 * GIB } },
    ],
  ])('%s blames nothing', (_name, parts) => {
    expect(findBlame(evidence(parts))).toBeNull();
  });

  test('whatever fails, there is at most one blame, and it has evidence', () => {
    const errno = fc.constantFrom(
      'EMFILE',
      'ENFILE',
      'ENOMEM',
      'ENOBUFS',
      'EADDRNOTAVAIL',
      'EPERM',
      'ECONNRESET',
      'EIO',
    );
    const call = fc.constantFrom('socket', 'bind', 'connect', 'accept4', 'epoll_ctl', 'read');
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            side: fc.constantFrom('client' as const, 'server' as const),
            call,
            errno,
            count: fc.nat(),
          }),
        ),
        fc.nat(),
        fc.boolean(),
        (failures, timedOut, floorHit) => {
          const found = findBlame(evidence({ failures, timedOut, floorHit }));
          if (found !== null) expect(found.blame.evidence.length).toBeGreaterThan(0);
          if (failures.length === 0 && timedOut === 0 && !floorHit) expect(found).toBeNull();
        },
      ),
    );
  });
});

describe('proof of each blame', () => {
  const tests = (file: string) =>
    fs.readFileSync(new URL(`${file.includes('/') ? '../' : './'}${file}.test.ts`, import.meta.url), 'utf8');

  test.each(BLAME_TABLE.map((row) => [row.code, row.proof] as const))('%s', (_code, proof) => {
    if ('test' in proof) {
      const [file = '', name = ''] = proof.test.split(/: (.*)/s);
      expect(tests(file)).toContain(`'${name}'`);
    } else expect(proof.unproven.length).toBeGreaterThan(20);
  });

  test('codes are listed once', () => {
    const codes = BLAME_TABLE.map((row) => row.code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
