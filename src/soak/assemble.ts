/** From a finished run to its report: sums, percentiles, memory per connection, blame and verdict. */
import type {
  CallFailure,
  ConnectTally,
  GeneratorHealth,
  MemoryUse,
  Percentiles,
  SoakReport,
} from '../model/soak.ts';
import { compareCounts } from './agreement.ts';
import { findBlame } from './blame.ts';
import type { CgroupState } from './cgroup.ts';
import { type KernelCounters, movedCounters } from './counters.ts';
import type { Crew, Worker } from './crew.ts';
import { mergeFailures } from './failures.ts';
import { createHistogram, type EncodedHistogram } from './histogram.ts';
import { CONNECT_SAMPLE } from './ramp.ts';
import { clientsOf, type Run, round, serversOf, total } from './run.ts';
import { ECHO_SAMPLE } from './sweep.ts';
import { claims, judge, type Outcome } from './verdict.ts';

/** What was read while the connections were still there, just before the drain. */
export interface Peak {
  readonly counters: KernelCounters;
  readonly groups: CgroupState;
  readonly summary: { readonly before: string; readonly after: string } | null;
  /** Worker CPU seconds, both sides, when the ramp ended. */
  readonly rampCpuSeconds: number;
  readonly heldMs: number;
  readonly loopLagMs: GeneratorHealth['loopLagMs'];
}

export interface Leftover {
  readonly sockets: number;
  readonly timeWait: number;
}

export function assemble(
  run: Run,
  crew: Crew,
  peak: Peak,
  leftover: Leftover,
  startedAt: string,
  kernelRelease: string,
): SoakReport {
  const { options, plan, machine, net } = run.prepared;
  const failures = collectFailures(run, crew);
  const connects = tallyConnects(crew);
  const dead = run.sweeps.reduce((sum, s) => sum + s.failed + s.timedOut + s.mismatched, 0);
  const agreement = compareCounts({
    own: connects.established - dead,
    established: connects.established,
    accepted: connects.accepted,
    before: run.baseline,
    after: peak.counters,
    summary: peak.summary,
    alone: options.namespace,
    cpus: run.prepared.cpus,
  });
  const counters = movedCounters(run.baseline.tcp, peak.counters.tcp);
  const judged = findBlame({
    goal: options.goal,
    mode: options.mode,
    plan,
    established: connects.established,
    timedOut: connects.timedOut,
    failures,
    unstarted: run.unstarted,
    lostWorkers: run.lost,
    floorHit: run.halt === 'memory-floor',
    moved: counters,
    machine,
    net,
    before: run.prepared.before,
    after: peak.counters,
    groupsBefore: run.prepared.groups,
    groupsAfter: peak.groups,
    peak: run.peak,
  });
  const held = run.sweeps.at(-1)?.answered ?? 0;
  const outcome: Outcome = {
    options,
    established: connects.established,
    held,
    heldMs: peak.heldMs,
    halt: run.halt,
    sweeps: run.sweeps,
    agreement,
    judged,
    lostWorkers: run.lost,
  };
  const rampMs = run.phases.find((p) => p.phase === 'ramp')?.durationMs ?? 0;
  return {
    schemaVersion: 1,
    startedAt,
    kernelRelease,
    options,
    plan,
    verdict: judge(outcome),
    held,
    heldMs: round(peak.heldMs),
    phases: run.phases,
    connects,
    sweeps: run.sweeps,
    failures,
    agreement,
    perAddress: fullestAddress(run, crew),
    rates: {
      connectsPerSecond: rampMs > 0 ? Math.round((connects.established / rampMs) * 1000) : 0,
      echoesPerSecond: Math.max(0, ...run.sweeps.map((s) => s.echoesPerSecond)),
    },
    latency: {
      connect: percentiles(crew, (w) => w.figures?.connect, CONNECT_SAMPLE),
      echo: percentiles(crew, (w) => w.figures?.echo, ECHO_SAMPLE),
    },
    memory: memoryUse(run, crew, peak.counters, connects.established),
    counters,
    generator: health(run, crew, peak, rampMs),
    timeline: run.timeline(),
    ...claims(outcome),
    lostWorkers: run.lost,
    leftover,
  };
}

function tallyConnects(crew: Crew): ConnectTally {
  const clients = clientsOf(crew);
  const failures = mergeFailures(clients.map((c) => c.ramped?.failures ?? []));
  const byErrno: Record<string, number> = {};
  for (const failure of failures) byErrno[failure.errno] = (byErrno[failure.errno] ?? 0) + failure.count;
  return {
    attempted: total(clients, (c) => c.ramped?.attempted ?? 0),
    established: total(clients, (c) => c.ramped?.established ?? 0),
    failed: failures.reduce((sum, f) => sum + f.count, 0),
    failedByErrno: byErrno,
    timedOut: total(clients, (c) => c.ramped?.timedOut ?? 0),
    portsSkipped: total(clients, (c) => c.ramped?.portsSkipped ?? 0),
    accepted: total(serversOf(crew), (s) => s.done),
  };
}

function collectFailures(run: Run, crew: Crew): readonly CallFailure[] {
  const ofSide = (side: 'client' | 'server', workers: readonly Worker[]) =>
    mergeFailures(workers.map((w) => w.failures)).map((f) => ({ side, ...f }));
  const inSweeps = mergeFailures(clientsOf(crew).map((c) => c.swept?.failures ?? [])).map((f) => ({
    side: 'client' as const,
    ...f,
  }));
  const spawning = mergeFailures([run.unstarted.map((errno) => ({ call: 'spawn', errno, count: 1 }))]).map(
    (f) => ({ side: 'client' as const, ...f }),
  );
  return [
    ...ofSide('client', clientsOf(crew)),
    ...ofSide('server', serversOf(crew)),
    ...inSweeps,
    ...spawning,
  ];
}

function percentiles(
  crew: Crew,
  pick: (worker: Worker) => EncodedHistogram | undefined,
  every: number,
): Percentiles {
  const all = createHistogram();
  for (const worker of crew.workers) {
    const part = pick(worker);
    if (part !== undefined) all.merge(part);
  }
  return {
    samples: all.samples(),
    every,
    p50: all.quantile(0.5),
    p90: all.quantile(0.9),
    p99: all.quantile(0.99),
    p999: all.quantile(0.999),
    max: Math.ceil(all.max()),
  };
}

function memoryUse(run: Run, crew: Crew, after: KernelCounters, established: number): MemoryUse {
  const before = run.baseline;
  const each = (bytes: number) => (established > 0 ? tenth(bytes / established) : null);
  const slab: Record<string, number> = {};
  for (const [name, cache] of Object.entries(after.slab ?? {})) {
    const grown = cache.active - (before.slab?.[name]?.active ?? 0);
    if (grown > 0) slab[name] = Math.round(grown * cache.effectiveBytes);
  }
  const client = warmGrowth(clientsOf(crew));
  const server = warmGrowth(serversOf(crew));
  const sinceStart = total(crew.workers, (w) => (w.figures === null ? 0 : w.figures.memory.now - w.figures.memory.atStart));
  return {
    kernelPerConnection: each(after.memory.slab - before.memory.slab),
    slab,
    freePerConnection: each(before.memory.free - after.memory.free),
    clientPerConnection: client,
    serverPerConnection: server,
    processPerConnection: client === null || server === null ? null : tenth(client + server),
    processPerConnectionFromStart: each(sinceStart),
    resident: total(crew.workers, (w) => w.figures?.memory.now ?? 0),
  };
}

/** Bytes per connection that came after the process was warm, over all processes of a side; null when none did. */
function warmGrowth(workers: readonly Worker[]): number | null {
  let bytes = 0;
  let connections = 0;
  for (const worker of workers) {
    const memory = worker.figures?.memory;
    const held = worker.role === 'client' ? (worker.ramped?.established ?? 0) : worker.done;
    if (memory?.warm == null) continue;
    bytes += memory.now - memory.warm.bytes;
    connections += held - memory.warm.connections;
  }
  return connections > 0 ? tenth(bytes / connections) : null;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function health(run: Run, crew: Crew, peak: Peak, rampMs: number): GeneratorHealth {
  const { cpus } = run.prepared;
  const before = run.baseline.pressure;
  const after = peak.counters.pressure;
  const elapsed = run.clock() * 1000;
  const stalled = (from: number, to: number) => Math.round(((to - from) / elapsed) * 1000) / 1000;
  return {
    cpus,
    clientCpuSeconds: round(total(clientsOf(crew), (w) => w.figures?.cpuSeconds ?? 0)),
    serverCpuSeconds: round(total(serversOf(crew), (w) => w.figures?.cpuSeconds ?? 0)),
    cpuShare: rampMs > 0 ? round(peak.rampCpuSeconds / ((rampMs / 1000) * cpus)) : 0,
    longestSliceMs: round(Math.max(0, ...crew.workers.map((w) => w.figures?.longestSliceMs ?? 0))),
    loopLagMs: peak.loopLagMs,
    pacedMs: round(total(clientsOf(crew), (w) => w.figures?.pacedMs ?? 0)),
    pressure:
      before === null || after === null
        ? null
        : {
            cpu: stalled(before.cpu, after.cpu),
            memory: stalled(before.memory, after.memory),
            io: stalled(before.io, after.io),
          },
  };
}

/** A source may be shared by two clients, so counts are summed. */
function fullestAddress(run: Run, crew: Crew): SoakReport['perAddress'] {
  const counts = new Map<string, number>();
  for (const client of clientsOf(crew)) {
    for (const [address, count] of client.figures?.perSource ?? []) {
      counts.set(address, (counts.get(address) ?? 0) + count);
    }
  }
  let best = { address: run.prepared.plan.sources.first, connections: 0 };
  for (const [address, connections] of counts) if (connections > best.connections) best = { address, connections };
  return best;
}

