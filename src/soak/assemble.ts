/** From a finished run to its report: sums, percentiles, memory per connection, blame and verdict. */
import type { CallFailure, ConnectTally, SoakReport, WorkloadReport } from '../model/soak.ts';
import { compareCounts } from './agreement.ts';
import { findBlame } from './blame.ts';
import type { CgroupState } from './cgroup.ts';
import { movedCounters } from './counters.ts';
import type { Crew, Worker } from './crew.ts';
import { mergeFailures } from './failures.ts';
import { type HealthInput, health, memoryUse, percentiles } from './figures.ts';
import { CONNECT_SAMPLE } from './ramp.ts';
import { clientsOf, type Run, round, serversOf, total, upstreamsOf } from './run.ts';
import { ECHO_SAMPLE } from './sweep.ts';
import { claims, judge, type Outcome } from './verdict.ts';

/** What was read while the connections were still there, just before the drain. */
export interface Peak extends HealthInput {
  readonly groups: CgroupState;
  readonly summary: { readonly before: string; readonly after: string } | null;
  readonly heldMs: number;
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
  const connects = tallyConnects(run, crew);
  const dead = run.sweeps.reduce((sum, s) => sum + s.failed + s.timedOut + s.mismatched, 0);
  const besides = run.worked?.besides ?? 0;
  const agreement = compareCounts({
    own: connects.established - dead - (run.worked?.lost ?? 0) + besides,
    established: connects.established,
    accepted: connects.accepted,
    besides,
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
    timedOut: connects.timedOut + lateConnects(run.worked?.report ?? null),
    failures,
    workload: run.worked?.report ?? null,
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
    workload: run.worked?.report ?? null,
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
    workload: run.worked?.report ?? null,
    memory: memoryUse(run, crew, peak.counters, connects.established + besides),
    counters,
    generator: health(run, crew, peak, rampMs),
    timeline: run.timeline(),
    ...claims(outcome),
    lostWorkers: run.lost,
    leftover,
  };
}

/** Of a workload that connects; what timed out in another one was waiting for bytes. */
function lateConnects(work: WorkloadReport | null): number {
  return work?.name === 'burst' || work?.name === 'reconnect' || work?.name === 'gateway' ? work.timedOut : 0;
}

function tallyConnects(run: Run, crew: Crew): ConnectTally {
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
    accepted: run.accepted ?? total(serversOf(crew), (s) => s.done),
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
    ...ofSide('client', upstreamsOf(crew)),
    ...inSweeps,
    ...(run.worked?.report.failures ?? []),
    ...spawning,
  ];
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
  for (const [address, connections] of counts)
    if (connections > best.connections) best = { address, connections };
  return best;
}
