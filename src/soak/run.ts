/** A soak under way: its crew, its clock, what was seen, and why it ended early if it did. */
import type { HostReader } from '../host/reader.ts';
import type { SoakPhase, SoakStep, SweepTally, TimelinePoint, WorkerEnd } from '../model/soak.ts';
import { readCgroups } from './cgroup.ts';
import { type Gauges, type KernelCounters, parseSockstat, readGauges } from './counters.ts';
import type { Crew, Worker } from './crew.ts';
import type { Peaks } from './evidence.ts';
import { freeBytes } from './memory.ts';
import type { Prepared } from './prepare.ts';
import { eta, type SoakProgress, tightest } from './progress.ts';
import type { Halt } from './verdict.ts';
import { createWaiter, type Waiter } from './wait.ts';
import type { Worked } from './workloads/index.ts';

const SAMPLE_MS = 100;
const MOST_POINTS = 240;
const RATE_OVER_MS = 2000;
const NOTHING = { pages: 0, timeWait: 0 };

export interface Run {
  readonly prepared: Prepared;
  readonly waiter: Waiter;
  readonly phases: SoakStep[];
  readonly sweeps: SweepTally[];
  readonly lost: WorkerEnd[];
  readonly unstarted: string[];
  readonly peak: { -readonly [K in keyof Peaks]: Peaks[K] };
  /** Counters when all workers were ready and nothing had been connected. */
  baseline: KernelCounters;
  /** What the workload did; null for an idle soak, and before it ran. */
  worked: Worked | null;
  /** Connections that the servers had taken before the workload closed and opened some. */
  accepted: number | null;
  halt: Halt | null;
  /** The first reason stays. */
  stop(halt: Halt): void;
  /** Queued pages and TIME_WAIT as they are now; the peaks are kept. */
  look(): { readonly pages: number; readonly timeWait: number };
  /** Milliseconds since the soak began. */
  clock(): number;
  timeline(): readonly TimelinePoint[];
  /** Runs one phase and notes when it began and how long it took. */
  phase<T>(name: SoakPhase, work: () => Promise<T>): Promise<T>;
}

export interface Watch {
  start(): void;
  stop(): void;
}

export const clientsOf = (crew: Crew): readonly Worker[] => crew.workers.filter((w) => w.role === 'client');
export const serversOf = (crew: Crew): readonly Worker[] => crew.workers.filter((w) => w.role === 'server');
export const upstreamsOf = (crew: Crew): readonly Worker[] =>
  crew.workers.filter((w) => w.role === 'upstream');
export const total = (workers: readonly Worker[], pick: (worker: Worker) => number): number =>
  workers.reduce((sum, worker) => sum + pick(worker), 0);

export function createRun(
  prepared: Prepared,
  crewOf: () => Crew,
  host: HostReader,
  onProgress: (progress: SoakProgress) => void,
): { readonly run: Run; readonly watch: Watch } {
  const begun = performance.now();
  const clock = () => performance.now() - begun;
  const phases: SoakStep[] = [];
  const recent: { at: number; done: number }[] = [];
  let points: TimelinePoint[] = [];
  let keepEvery = 1;
  let samples = 0;
  let current: SoakPhase = 'prepare';
  let phaseBegun = 0;
  let timer: NodeJS.Timeout | null = null;

  const run: Run = {
    prepared,
    waiter: createWaiter(),
    phases,
    sweeps: [],
    lost: [],
    unstarted: [],
    peak: { tcpPages: 0, timeWait: 0, conntrack: 0, openFiles: 0, lowestFree: prepared.plan.memory.free },
    baseline: prepared.before,
    worked: null,
    accepted: null,
    halt: null,
    stop: (halt) => {
      run.halt ??= halt;
      run.waiter.poke();
    },
    look: () => {
      const text = host.read('/proc/net/sockstat');
      const { pages, timeWait } = parseSockstat(text.ok ? text.value : '', '') ?? NOTHING;
      run.peak.tcpPages = Math.max(run.peak.tcpPages, pages);
      run.peak.timeWait = Math.max(run.peak.timeWait, timeWait);
      return { pages, timeWait };
    },
    clock,
    timeline: () => points,
    phase: async (name, work) => {
      current = name;
      recent.length = 0;
      phaseBegun = clock();
      try {
        return await work();
      } finally {
        phases.push({ phase: name, startMs: round(phaseBegun), durationMs: round(clock() - phaseBegun) });
      }
    },
  };

  /** What the kernel has reached since the ramp began, the memory floor included. */
  const sample = () => {
    const gauges = readGauges(host);
    if (gauges === null) return;
    // Most hosts limit nothing here, and a dozen small files ten times a second are a twentieth of a CPU.
    const groups = prepared.groups.memory === null ? prepared.groups : readCgroups(host);
    const free = freeBytes(gauges, run.baseline, groups);
    run.peak.tcpPages = Math.max(run.peak.tcpPages, gauges.sockets?.pages ?? 0);
    run.peak.conntrack = Math.max(run.peak.conntrack, gauges.conntrack ?? 0);
    run.peak.openFiles = Math.max(run.peak.openFiles, gauges.openFiles ?? 0);
    run.peak.lowestFree = Math.min(run.peak.lowestFree, free);
    const isGrowing = current === 'ramp' || current === 'workload';
    if (isGrowing && free < prepared.plan.memory.floor) run.stop('memory-floor');
    if (samples++ % keepEvery === 0) addPoint(gauges, free);
    onProgress(progress(gauges, free));
  };
  const addPoint = (gauges: Gauges, free: number) => {
    const established = total(clientsOf(crewOf()), (w) => w.ramped?.established ?? w.done);
    points.push({ atMs: round(clock()), established, sockets: gauges.sockets?.inuse ?? 0, freeBytes: free });
    if (points.length < MOST_POINTS) return;
    points = points.filter((_, i) => i % 2 === 0);
    keepEvery *= 2;
  };
  const progress = (gauges: Gauges, free: number): SoakProgress => {
    const crew = crewOf();
    const now = clock();
    const isPreparing = current === 'prepare';
    const isLinking = current === 'workload' && prepared.upstream !== null;
    const done = isPreparing
      ? crew.workers.filter((w) => w.ready).length
      : total(isLinking ? upstreamsOf(crew) : clientsOf(crew), (w) => w.done);
    const goal = isPreparing
      ? prepared.plan.clients + prepared.plan.servers + (prepared.plan.upstream?.processes ?? 0)
      : current === 'ramp'
        ? prepared.options.goal
        : total(clientsOf(crew), (w) => w.ramped?.established ?? 0);
    recent.push({ at: now, done });
    while (recent.length > 2 && now - (recent[0]?.at ?? now) > RATE_OVER_MS) recent.shift();
    const first = recent[0];
    const span = first === undefined ? 0 : now - first.at;
    const perSecond = span > 0 && first !== undefined ? Math.max(0, ((done - first.done) / span) * 1000) : 0;
    const accepted = total(serversOf(crew), (w) => w.done - w.closed);
    const usage = {
      fullest: Math.max(0, ...crew.workers.map((w) => w.ramped?.established ?? w.done - w.closed)),
      openFiles: gauges.openFiles,
      tcpPages: gauges.sockets?.pages ?? 0,
      conntrack: gauges.conntrack,
      accepted,
      memoryFree: free,
      memoryFreeAtStart: prepared.plan.memory.free,
      memoryFloor: prepared.plan.memory.floor,
    };
    return {
      phase: current,
      elapsedMs: round(now),
      done,
      goal,
      perSecond: Math.round(perSecond),
      etaSeconds: current === 'ramp' || current === 'sweep' ? eta(done, goal, perSecond) : null,
      sockets: gauges.sockets?.inuse ?? null,
      tightest: tightest(usage, prepared.machine, prepared.net),
    };
  };

  const watch: Watch = {
    start: () => {
      timer ??= setInterval(sample, SAMPLE_MS);
    },
    stop: () => {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
  return { run, watch };
}

export function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
