/**
 * Which limit stopped a soak: one row per limit, most certain first, each a pure reading of the evidence.
 * Sources: the man pages of the calls, Documentation/networking/ip-sysctl.rst, and the kernel paths named in the rows.
 */
import type { Blame, BlameCode, CallFailure, SoakPlan, WorkerEnd } from '../model/soak.ts';
import { OWN_DESCRIPTORS } from './address-plan.ts';
import type { CgroupState } from './cgroup.ts';
import type { KernelCounters } from './counters.ts';
import type { MachineLimits, NetLimits } from './limits.ts';

/** Everything a blame may look at. */
export interface Evidence {
  readonly goal: number;
  readonly mode: 'strict' | 'spread';
  readonly plan: SoakPlan;
  readonly established: number;
  readonly timedOut: number;
  readonly failures: readonly CallFailure[];
  /** Errnos of processes that could not be started. */
  readonly unstarted: readonly string[];
  readonly lostWorkers: readonly WorkerEnd[];
  /** The ramp was stopped because free memory reached the floor. */
  readonly floorHit: boolean;
  /** Counters that moved since before the ramp. */
  readonly moved: Readonly<Record<string, number>>;
  readonly machine: MachineLimits;
  readonly net: NetLimits;
  readonly before: KernelCounters;
  readonly after: KernelCounters;
  readonly groupsBefore: CgroupState;
  readonly groupsAfter: CgroupState;
  /** Highest values seen while it ran. */
  readonly peak: { readonly tcpPages: number; readonly conntrack: number; readonly openFiles: number };
}

export interface BlameRow {
  readonly code: BlameCode;
  readonly limit: string;
  /** `host`: the setting under test was the limit. `generator`, `machine`: nothing is said about the setting. */
  readonly judges: (evidence: Evidence) => 'host' | 'generator' | 'machine';
  /** The test that starves this limit and gets this key, or why that cannot be done. */
  readonly proof: { readonly test: string } | { readonly unproven: string };
  /** null: this is not it. */
  readonly match: (evidence: Evidence) => Omit<Blame, 'code' | 'limit'> | null;
}

const NEARLY = 0.97;
const onHost = () => 'host' as const;
const onMachine = () => 'machine' as const;

const find = (e: Evidence, errno: string, calls?: readonly string[]) =>
  e.failures.filter((f) => f.errno === errno && (calls === undefined || calls.includes(f.call)));
const say = (failures: readonly CallFailure[]) =>
  failures.map((f) => `${f.call}: ${f.errno} × ${f.count} in a ${f.side} process`);
const moved = (e: Evidence, name: string) => e.moved[name] ?? 0;
const text = (n: number | null) => (n === null ? null : String(n));
const killed = (e: Evidence) => e.lostWorkers.filter((w) => w.signal === 'SIGKILL');
const isNearly = (value: number | null, limit: number | null) =>
  value !== null && limit !== null && limit > 0 && value >= NEARLY * limit;
const nextPower = (n: number) => 2 ** Math.ceil(Math.log2(Math.max(2, n)));

export const BLAME_TABLE: readonly BlameRow[] = [
  {
    code: 'memory-cgroup',
    limit: 'memory of the control group',
    judges: onHost,
    proof: { test: 'faults: a memory cgroup that is too small' },
    match: (e) => {
      const group = e.groupsAfter.memory ?? e.groupsBefore.memory;
      const kills = (e.groupsAfter.oomKills ?? 0) - (e.groupsBefore.oomKills ?? 0);
      const isTight = group !== null && e.plan.memory.cgroupFree === e.plan.memory.free;
      const refused = find(e, 'ENOMEM').concat(find(e, 'ENOBUFS'));
      if (group === null) return null;
      const isFull = isNearly(group.current, group.max) && refused.length > 0;
      if (kills <= 0 && !(isTight && e.floorHit) && !isFull) return null;
      return {
        key: group.file,
        current: text(group.max),
        needed: text(group.max - (e.plan.memory.cgroupFree ?? 0) + e.plan.memory.needed + e.plan.memory.floor),
        evidence: [
          ...(kills > 0 ? [`the group's out-of-memory kills rose by ${kills}`] : []),
          ...(e.floorHit ? [`stopped before the group was full: ${group.current} of ${group.max} bytes`] : []),
          ...say(refused),
          ...killed(e).map((w) => `${w.role} process ${w.pid} was killed`),
        ],
      };
    },
  },
  {
    code: 'memory-machine',
    limit: 'memory of the machine',
    judges: onMachine,
    proof: { unproven: 'a host that is out of memory would take the tests with it; the arithmetic is tested, the kill is not' },
    match: (e) => {
      const kills = (e.after.oomKills ?? 0) - (e.before.oomKills ?? 0);
      if (!(kills > 0 && killed(e).length > 0) && !e.floorHit) return null;
      return {
        key: 'RAM',
        current: text(e.after.memory.total),
        needed: text(e.after.memory.total - e.plan.memory.free + e.plan.memory.needed + e.plan.memory.floor),
        evidence: [
          ...(kills > 0 ? [`/proc/vmstat oom_kill rose by ${kills}`] : []),
          ...(e.floorHit ? [`stopped with ${e.after.memory.available} bytes of MemAvailable left`] : []),
        ],
      };
    },
  },
  {
    code: 'tasks-cgroup',
    limit: 'tasks in the control group',
    judges: () => 'generator',
    proof: { test: 'faults: a pids cgroup that is too small' },
    match: (e) => {
      const group = e.groupsAfter.tasks ?? e.groupsBefore.tasks;
      const refused = (e.groupsAfter.refusedForks ?? 0) - (e.groupsBefore.refusedForks ?? 0);
      if (group === null || (refused <= 0 && !(e.unstarted.includes('EAGAIN') && isNearly(group.current, group.max))))
        return null;
      return {
        key: group.file,
        current: text(group.max),
        needed: null,
        evidence: [`forks refused by the group: ${refused}`, `processes not started: ${e.unstarted.length}`],
      };
    },
  },
  {
    code: 'tasks-system',
    limit: 'tasks of the machine',
    judges: () => 'generator',
    proof: { unproven: 'kernel.threads-max and kernel.pid_max are global, and RLIMIT_NPROC does not bind root' },
    match: (e) => {
      if (!e.unstarted.includes('EAGAIN')) return null;
      const { tasks, threadsMax, pidMax } = e.machine;
      const isPids = pidMax !== null && (threadsMax === null || pidMax < threadsMax);
      return {
        key: isPids ? 'kernel.pid_max' : 'kernel.threads-max',
        current: text(isPids ? pidMax : threadsMax),
        needed: null,
        evidence: [`${e.unstarted.length} processes not started: EAGAIN`, `tasks before: ${tasks ?? 'unknown'}`],
      };
    },
  },
  {
    code: 'process-files',
    limit: 'open files per process',
    // Spread adds processes as the limit demands, and the clients are the generator's own.
    judges: (e) => (find(e, 'EMFILE').some((f) => f.side === 'server') ? 'host' : 'generator'),
    proof: { test: 'faults: one server process with too few descriptors' },
    match: (e) => {
      const failures = find(e, 'EMFILE');
      if (failures.length === 0) return null;
      const { nofileHard, nrOpen } = e.machine;
      const needed = e.mode === 'strict' ? e.goal + OWN_DESCRIPTORS : e.plan.socketsPerProcess + OWN_DESCRIPTORS;
      const isCeiling = nrOpen !== null && nofileHard >= nrOpen;
      return {
        key: isCeiling ? 'fs.nr_open' : 'limit.nofile.hard',
        current: text(isCeiling ? nrOpen : nofileHard),
        needed: text(needed),
        evidence: say(failures),
      };
    },
  },
  {
    code: 'system-files',
    limit: 'open files of the machine',
    judges: onHost,
    proof: { unproven: 'fs.file-max is global, and root is exempt from it (fs/file_table.c alloc_empty_file)' },
    match: (e) => {
      const failures = find(e, 'ENFILE');
      if (failures.length === 0 || !isNearly(e.peak.openFiles, e.machine.fileMax)) return null;
      return {
        key: 'fs.file-max',
        current: text(e.machine.fileMax),
        needed: text((e.before.openFiles?.allocated ?? 0) + 2 * e.goal + e.plan.clients * 2 * OWN_DESCRIPTORS),
        evidence: [...say(failures), `fs.file-nr reached ${e.peak.openFiles}`],
      };
    },
  },
  {
    code: 'epoll-watches',
    limit: 'epoll watches per user',
    judges: onHost,
    proof: { unproven: 'fs.epoll.max_user_watches is global' },
    match: (e) => {
      const failures = find(e, 'ENOSPC', ['epoll_ctl']);
      if (failures.length === 0) return null;
      return {
        key: 'fs.epoll.max_user_watches',
        current: text(e.machine.epollWatches),
        needed: text(Math.ceil(e.goal * 1.1)),
        evidence: say(failures),
      };
    },
  },
  {
    code: 'ports-exhausted',
    limit: 'local ports',
    judges: onHost,
    proof: { test: 'faults: a narrow port range and one source address' },
    match: (e) => {
      const failures = [...find(e, 'EADDRNOTAVAIL'), ...find(e, 'EADDRINUSE', ['bind'])];
      if (failures.length === 0) return null;
      const { portRange, sources, portsPerSource } = e.plan;
      const width = portRange.high - portRange.low + 1;
      const perSource = Math.ceil(e.goal / sources.count) + width - portsPerSource;
      return {
        key: 'net.ipv4.ip_local_port_range',
        current: `${portRange.low} ${portRange.high}`,
        // The widest range has 64,512 ports; beyond that only more source addresses help.
        needed: perSource <= 65535 - 1023 ? `${Math.min(portRange.low, 65536 - perSource)} 65535` : null,
        evidence: [
          ...say(failures),
          `${sources.count} source × ${portsPerSource} ports = ${e.plan.capacity} connections to one server address`,
          ...(e.after.sockets === null ? [] : [`sockets in TIME_WAIT: ${e.after.sockets.timeWait}`]),
        ],
      };
    },
  },
  {
    code: 'conntrack-full',
    limit: 'tracked connections',
    judges: onHost,
    proof: { unproven: 'nf_conntrack_max is one value for the machine and read-only in a namespace' },
    match: (e) => {
      const max = e.net.conntrackMax;
      if (e.timedOut + find(e, 'EPERM', ['connect']).length === 0 || !isNearly(e.peak.conntrack, max)) return null;
      return {
        key: 'net.netfilter.nf_conntrack_max',
        current: text(max),
        needed: text(Math.ceil(1.5 * e.goal)),
        evidence: [`${e.timedOut} connects timed out`, `nf_conntrack_count reached ${e.peak.conntrack} of ${max}`],
      };
    },
  },
  {
    code: 'tcp-memory',
    limit: 'pages for queued TCP data',
    judges: onHost,
    proof: { unproven: 'net.ipv4.tcp_mem is global, and idle sockets use none of it' },
    match: (e) => {
      const [low, , high] = e.machine.tcpMem ?? [0, 0, 0];
      const aborted = moved(e, 'TcpExt.TCPAbortOnMemory');
      const isFull = e.machine.tcpMem !== null && isNearly(e.peak.tcpPages, high);
      if (!isFull && aborted <= 0) return null;
      if (find(e, 'ENOMEM').length + find(e, 'ENOBUFS').length + find(e, 'ECONNRESET').length + e.timedOut === 0)
        return null;
      return {
        key: 'net.ipv4.tcp_mem',
        current: e.machine.tcpMem?.join(' ') ?? null,
        needed: [0.75 * e.goal, e.goal, 1.5 * e.goal].map((n) => Math.max(low, Math.ceil(n))).join(' '),
        evidence: [`sockstat mem reached ${e.peak.tcpPages} pages of ${high}`, `TCPAbortOnMemory rose by ${aborted}`],
      };
    },
  },
  {
    code: 'reset-on-overflow',
    limit: 'accept queue, answered with a reset',
    judges: onHost,
    proof: { unproven: 'the reset needs the last ACK to meet a full queue, which one machine cannot time' },
    match: (e) => {
      const resets = find(e, 'ECONNRESET', ['connect']);
      if (resets.length === 0 || e.net.abortOnOverflow !== 1 || moved(e, 'TcpExt.ListenOverflows') <= 0) return null;
      return {
        key: 'net.ipv4.tcp_abort_on_overflow',
        current: '1',
        needed: '0',
        evidence: [...say(resets), `ListenOverflows rose by ${moved(e, 'TcpExt.ListenOverflows')}`],
      };
    },
  },
  {
    code: 'accept-queue-overflow',
    limit: 'accept queue of the listener',
    judges: onHost,
    proof: { test: 'faults: a short accept queue and a server that does not accept' },
    match: (e) => {
      const overflows = moved(e, 'TcpExt.ListenOverflows');
      if (e.timedOut === 0 || overflows <= 0) return null;
      const now = e.net.somaxconn;
      return {
        key: 'net.core.somaxconn',
        current: text(now),
        needed: text(Math.max(4096, nextPower(2 * (now ?? 0)))),
        evidence: [
          `${e.timedOut} connects timed out`,
          `ListenOverflows rose by ${overflows}, ListenDrops by ${moved(e, 'TcpExt.ListenDrops')}`,
        ],
      };
    },
  },
  {
    code: 'syn-queue-drop',
    limit: 'queue of half-open connections',
    judges: onHost,
    proof: { unproven: 'on loopback the handshake ends within connect(2), so the SYN queue never fills' },
    match: (e) => {
      const dropped = moved(e, 'TcpExt.TCPReqQFullDrop');
      if (e.timedOut === 0 || dropped <= 0) return null;
      // tcp_max_syn_backlog is only looked at while syncookies are off (tcp_conn_request).
      const isOff = e.net.syncookies === 0;
      return {
        key: isOff ? 'net.ipv4.tcp_syncookies' : 'net.core.somaxconn',
        current: text(isOff ? 0 : e.net.somaxconn),
        needed: isOff ? '1' : text(Math.max(4096, nextPower(2 * (e.net.somaxconn ?? 0)))),
        evidence: [`${e.timedOut} connects timed out`, `TCPReqQFullDrop rose by ${dropped}`],
      };
    },
  },
  {
    code: 'not-permitted',
    limit: 'permission to connect',
    judges: onHost,
    proof: { test: 'faults: an address that routing forbids' },
    match: (e) => {
      const failures = [...find(e, 'EPERM'), ...find(e, 'EACCES')];
      if (failures.length === 0) return null;
      return {
        key: 'firewall or security module',
        current: null,
        needed: null,
        evidence: say(failures),
      };
    },
  },
  {
    code: 'socket-buffers',
    limit: 'socket buffer memory',
    judges: onMachine,
    proof: { unproven: 'ENOBUFS from connect needs a failing kernel allocation' },
    match: (e) => allocation(e, 'ENOBUFS'),
  },
  {
    code: 'kernel-allocation',
    limit: 'kernel memory',
    judges: onMachine,
    proof: { unproven: 'ENOMEM outside a memory cgroup needs a failing kernel allocation' },
    match: (e) => allocation(e, 'ENOMEM') ?? allocation(e, 'ENFILE'),
  },
];

function allocation(e: Evidence, errno: string): Omit<Blame, 'code' | 'limit'> | null {
  const failures = find(e, errno);
  if (failures.length === 0) return null;
  return {
    key: 'RAM',
    current: text(e.after.memory.total),
    needed: null,
    evidence: [...say(failures), `MemAvailable ${e.after.memory.available} bytes, of which sockets pin some`],
  };
}
