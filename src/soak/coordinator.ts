/** The soak's story: prepare, ramp, hold and sweep, drain, report. */

import { availableParallelism } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HostReader } from '../host/reader.ts';
import type { SoakOptions, SoakReport } from '../model/soak.ts';
import { share } from './address-plan.ts';
import { assemble, type Leftover, type Peak } from './assemble.ts';
import { readCgroups } from './cgroup.ts';
import { readCounters } from './counters.ts';
import { type Crew, type CrewEvents, createCrew, type Worker, type WorkerCommand } from './crew.ts';
import { type Libc, type LoadFfi, loadLibc } from './libc.ts';
import { readMachineLimits } from './limits.ts';
import { enterNamespace } from './namespace.ts';
import { collect, hold, ramp, startCrew, sweep } from './phases.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { SoakProgress } from './progress.ts';
import { clientsOf, createRun, type Run, serversOf, total, upstreamsOf } from './run.ts';
import { runWorkload } from './workloads/index.ts';

const DRAIN_PATIENCE_MS = 120_000;
/** USER_HZ, the unit of /proc times: 100 on every platform the FFI has binaries for. */
const TICKS_PER_SECOND = 100;

export interface SoakHooks {
  readonly host: HostReader;
  readonly workerCommand: WorkerCommand;
  /** Aborted on SIGINT, SIGTERM or SIGHUP: the soak drains and still reports. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SoakProgress) => void;
  /** Called inside the soak's own namespace before anything is read: the place to set its net.* values. */
  readonly onNamespace?: () => void | Promise<void>;
  /** Called with the process ids once all workers are ready. */
  readonly onCrew?: (pids: {
    readonly clients: readonly number[];
    readonly servers: readonly number[];
  }) => void;
  readonly loadFfi?: LoadFfi;
}

/**
 * Opens `options.goal` connections to one server address of this machine, holds them, proves each alive, and reports.
 * Throws InputError for what stops it before the first socket; whatever happens later is in the report.
 * With `namespace` the calling thread is in a scratch network namespace until this resolves.
 */
export async function runSoak(options: SoakOptions, hooks: SoakHooks): Promise<SoakReport> {
  const libc = await loadLibc(hooks.loadFfi);
  // Some keys exist in the initial namespace only, so they are read first.
  const machine = readMachineLimits(hooks.host);
  const namespace = options.namespace ? enterNamespace(libc) : null;
  try {
    if (namespace !== null) await hooks.onNamespace?.();
    const prepared = prepare(options, hooks.host, libc, machine, availableParallelism());
    return await soak(prepared, hooks, libc);
  } finally {
    namespace?.leave();
  }
}

async function soak(prepared: Prepared, hooks: SoakHooks, libc: Libc): Promise<SoakReport> {
  const { host } = hooks;
  const startedAt = new Date(host.self().now).toISOString();
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  let crew: Crew;
  const { run, watch } = createRun(prepared, () => crew, host, hooks.onProgress ?? (() => undefined));
  crew = createCrew(hooks.workerCommand, eventsOf(run));
  const interrupt = () => run.stop('interrupted');
  hooks.signal?.addEventListener('abort', interrupt);
  if (hooks.signal?.aborted) interrupt();
  try {
    watch.start();
    await run.phase('prepare', () => startCrew(run, crew));
    hooks.onCrew?.({
      clients: clientsOf(crew).map((w) => w.pid),
      servers: serversOf(crew).map((w) => w.pid),
    });
    run.baseline = readCounters(host);
    const summaryBefore = host.run('ss', ['-s']);
    const rampCpuSeconds = await work(run, crew, host);
    const summaryAfter = host.run('ss', ['-s']);
    const counters = readCounters(host);
    const groups = readCgroups(host);
    const heldMs = heldFor(run);
    await collect(run, crew);
    const peak: Peak = {
      counters,
      groups,
      summary:
        summaryBefore.ok && summaryAfter.ok
          ? { before: summaryBefore.value, after: summaryAfter.value }
          : null,
      rampCpuSeconds,
      heldMs,
      loopLagMs: { p50: lag.percentile(50) / 1e6, p99: lag.percentile(99) / 1e6, max: lag.max / 1e6 },
    };
    const leftover = await run.phase('drain', () => drain(run, crew, hooks, libc));
    const release = host.read('/proc/sys/kernel/osrelease');
    return assemble(run, crew, peak, leftover, startedAt, release.ok ? release.value.trim() : 'unknown');
  } finally {
    hooks.signal?.removeEventListener('abort', interrupt);
    watch.stop();
    lag.disable();
    await crew.dismiss(crew.workers, 0);
  }
}

/** Ramp, first sweep, workload and another sweep, hold with its sweeps. Returns the CPU seconds that the workers had used by the end of the ramp. */
async function work(run: Run, crew: Crew, host: HostReader): Promise<number> {
  const { options } = run.prepared;
  if (run.halt !== null) return 0;
  const cpuBefore = cpuSeconds(host, crew);
  await run.phase('ramp', () => ramp(run, crew));
  const cpu = cpuSeconds(host, crew) - cpuBefore;
  const canSweep = () => run.halt !== 'interrupted' && run.halt !== 'lost-worker';
  let id = 1;
  const runSweep = async () => {
    if (canSweep()) await run.phase('sweep', () => sweep(run, crew, id++));
  };
  await runSweep();
  if (options.workload !== 'idle' && run.halt === null) {
    run.accepted = total(serversOf(crew), (s) => s.done);
    run.worked = await run.phase('workload', () => runWorkload(run, crew, host));
    if (run.worked?.isQuiet) await runSweep();
  }
  const end = rampEnd(run) + options.holdMs;
  const isWhole = run.worked === null || run.worked.isQuiet;
  while (isWhole && run.halt === null && run.clock() < end) {
    const rest = end - run.clock();
    await run.phase('hold', () => hold(run, Math.min(rest, options.sweepEveryMs)));
    await runSweep();
  }
  return cpu;
}

/** User and system time of all workers so far, from /proc: a worker that is stopped cannot answer. */
function cpuSeconds(host: HostReader, crew: Crew): number {
  return total(crew.workers, (worker) => {
    const stat = host.read(`/proc/${worker.pid}/stat`);
    return stat.ok ? (parseCpuTicks(stat.value) ?? 0) / TICKS_PER_SECOND : 0;
  });
}

/** utime + stime, fields 14 and 15 of proc(5), counted from the end of the name in parentheses. */
export function parseCpuTicks(stat: string): number | null {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks : null;
}

function rampEnd(run: Run): number {
  const step = run.phases.find((p) => p.phase === 'ramp');
  return step === undefined ? run.clock() : step.startMs + step.durationMs;
}

/** From the end of the ramp to the end of the last sweep; 0 when nothing was swept. */
function heldFor(run: Run): number {
  const last = run.sweeps.at(-1);
  return last === undefined ? 0 : Math.max(0, last.startMs + last.durationMs - rampEnd(run));
}

/** Servers first: their sockets reset the others', so neither side leaves a TIME_WAIT. */
async function drain(run: Run, crew: Crew, hooks: SoakHooks, libc: Libc): Promise<Leftover> {
  libc.close(run.prepared.listener);
  if (run.prepared.upstream !== null) libc.close(run.prepared.upstream.listener);
  await crew.dismiss(serversOf(crew), DRAIN_PATIENCE_MS);
  await crew.dismiss([...clientsOf(crew), ...upstreamsOf(crew)], DRAIN_PATIENCE_MS);
  const before = run.prepared.before.sockets;
  const after = readCounters(hooks.host).sockets;
  return {
    sockets: Math.max(0, (after?.inuse ?? 0) - (before?.inuse ?? 0)),
    timeWait: Math.max(0, (after?.timeWait ?? 0) - (before?.timeWait ?? 0)),
  };
}

function eventsOf(run: Run): CrewEvents {
  return {
    news: (worker: Worker, news) => {
      // A client that ends its ramp early, or a server that can take no more, will not get better.
      const endedEarly =
        news.type === 'ramped' &&
        news.tally.attempted < share(run.prepared.options.goal, run.prepared.plan.clients, worker.index);
      if (news.type === 'trouble' || endedEarly) run.stop('trouble');
      if (news.type === 'broken') run.unstarted.push(news.message);
      run.waiter.poke();
    },
    lost: (_worker, end) => {
      run.lost.push(end);
      run.stop('lost-worker');
    },
    unstarted: (errno) => {
      run.unstarted.push(errno);
      run.stop('trouble');
    },
  };
}
