/** Sums over the workers: latency percentiles, memory per connection, the generator's own health. */
import type { GeneratorHealth, MemoryUse, Percentiles } from '../model/soak.ts';
import { type KernelCounters, PROC_INODES, SHARED_CACHES, SOCKET_INODES } from './counters.ts';
import type { Crew, Worker } from './crew.ts';
import { createHistogram, type EncodedHistogram } from './histogram.ts';
import { clientsOf, type Run, round, serversOf, total, upstreamsOf } from './run.ts';

export interface HealthInput {
  readonly counters: KernelCounters;
  /** Worker CPU seconds, both sides, that the ramp took. */
  readonly rampCpuSeconds: number;
  readonly loopLagMs: GeneratorHealth['loopLagMs'];
}

export function percentiles(
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

export function memoryUse(run: Run, crew: Crew, after: KernelCounters, established: number): MemoryUse {
  const before = run.baseline;
  const each = (bytes: number) => (established > 0 ? tenth(bytes / established) : null);
  const slab: Record<string, number> = {};
  for (const [name, cache] of Object.entries(after.slab ?? {})) {
    const grown = cache.active - (before.slab?.[name]?.active ?? 0);
    if (grown > 0) slab[name] = Math.round(grown * cache.effectiveBytes);
  }
  const entries = procEntryBytes(before.slab, after.slab);
  const growth = (workers: readonly Worker[]) =>
    total(workers, (w) => (w.figures === null ? 0 : w.figures.memory.grown));
  const client = growth([...clientsOf(crew), ...upstreamsOf(crew)]);
  const server = growth(serversOf(crew));
  return {
    kernelPerConnection: grownOnly(each(after.memory.slab - before.memory.slab - (entries ?? 0))),
    procEntriesPerConnection: entries === null ? null : each(entries),
    slab,
    freePerConnection: each(before.memory.free - after.memory.free),
    clientPerConnection: each(client),
    serverPerConnection: each(server),
    processPerConnection: each(client + server),
    resident: total(crew.workers, (w) => w.figures?.memory.now ?? 0),
  };
}

/**
 * Measured: an agent that looked at /proc/PID/fd every few seconds added a quarter to what connections seemed to cost. What
 * found room in slabs of before took no memory now, so it is slabs that count; names and blobs share theirs with sockets.
 */
export function procEntryBytes(before: KernelCounters['slab'], after: KernelCounters['slab']): number | null {
  if (before === null || after === null) return null;
  const slabs = (name: string) => (after[name]?.bytes ?? 0) - (before[name]?.bytes ?? 0);
  const objects = (name: string) => Math.max(0, (after[name]?.active ?? 0) - (before[name]?.active ?? 0));
  const entries = objects(PROC_INODES);
  const sockets = objects(SOCKET_INODES);
  return [PROC_INODES, ...SHARED_CACHES].reduce((sum, name) => {
    const each = after[name]?.effectiveBytes ?? 0;
    const others = name === PROC_INODES ? 0 : sockets * each;
    return sum + Math.round(Math.max(0, Math.min(entries * each, slabs(name) - others)));
  }, 0);
}

/** Slab is the whole machine's: when others have given back more than these connections took, it says nothing of them. */
export function grownOnly(bytes: number | null): number | null {
  return bytes !== null && bytes > 0 ? bytes : null;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

export function health(run: Run, crew: Crew, peak: HealthInput, rampMs: number): GeneratorHealth {
  const { cpus } = run.prepared;
  const before = run.baseline.pressure;
  const after = peak.counters.pressure;
  const elapsed = run.clock() * 1000;
  const stalled = (from: number, to: number) => Math.round(((to - from) / elapsed) * 1000) / 1000;
  return {
    cpus,
    clientCpuSeconds: round(
      total([...clientsOf(crew), ...upstreamsOf(crew)], (w) => w.figures?.cpuSeconds ?? 0),
    ),
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
