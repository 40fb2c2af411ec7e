/** What a blame may look at, and how it reads it. Pure. */
import type { Blame, BlameCode, CallFailure, SoakPlan, WorkerEnd, WorkloadReport } from '../model/soak.ts';
import type { CgroupState } from './cgroup.ts';
import type { KernelCounters } from './counters.ts';
import type { MachineLimits, NetLimits } from './limits.ts';

export interface Peaks {
  readonly tcpPages: number;
  /** Sockets in TIME_WAIT while a workload ran. */
  readonly timeWait: number;
  readonly conntrack: number;
  readonly openFiles: number;
  readonly lowestFree: number;
}

/** Everything a blame may look at. */
export interface Evidence {
  readonly goal: number;
  readonly mode: 'strict' | 'spread';
  readonly plan: SoakPlan;
  readonly established: number;
  readonly timedOut: number;
  readonly failures: readonly CallFailure[];
  /** null for an idle soak. */
  readonly workload: WorkloadReport | null;
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
  /** Highest values seen while it ran, and the least free memory in bytes. */
  readonly peak: Peaks;
}

export interface BlameRow {
  readonly code: BlameCode;
  readonly limit: string;
  /** `host`: the setting under test was the limit. `generator`, `machine`: nothing is said about the setting. */
  readonly judges: (evidence: Evidence) => 'host' | 'generator' | 'machine';
  /** The test that starves this limit and gets this key (`FILE: NAME`, of test/soak or of test/), or why there is none. */
  readonly proof: { readonly test: string } | { readonly unproven: string };
  /** null: this is not it. */
  readonly match: (evidence: Evidence) => Omit<Blame, 'code' | 'limit'> | null;
}

export const NEARLY = 0.97;
export const onHost = () => 'host' as const;
export const onMachine = () => 'machine' as const;

export const find = (e: Evidence, errno: string, calls?: readonly string[]) =>
  e.failures.filter((f) => f.errno === errno && (calls === undefined || calls.includes(f.call)));
export const say = (failures: readonly CallFailure[]) =>
  failures.map((f) => `${f.call}: ${f.errno} × ${f.count} in a ${f.side} process`);
export const moved = (e: Evidence, name: string) => e.moved[name] ?? 0;
export const text = (n: number | null) => (n === null ? null : String(n));
export const killed = (e: Evidence) => e.lostWorkers.filter((w) => w.signal === 'SIGKILL');
export const isNearly = (value: number | null, limit: number | null) =>
  value !== null && limit !== null && limit > 0 && value >= NEARLY * limit;
/** Not done in time, whether anything moved or not: a kernel that searches for ports is slow, not still. */
export const isShortOfTime = (work: WorkloadReport) => work.end === 'stalled' || work.end === 'late';
export const nextPower = (n: number) => 2 ** Math.ceil(Math.log2(Math.max(2, n)));
