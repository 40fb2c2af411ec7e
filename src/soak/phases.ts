/** The phases that move connections: start, ramp, sweep, hold, drain. Each is bounded by the lack of any progress. */

import type { SweepTally } from '../model/soak.ts';
import { connectionsEach } from '../model/soak-workload.ts';
import { connectionsPerServer, picksPorts, share, shareStart } from './address-plan.ts';
import type { Crew, Worker } from './crew.ts';
import { mergeFailures } from './failures.ts';
import { clientsOf, type Run, round, serversOf, total } from './run.ts';
import type { Failure } from './wire.ts';

/** Worker processes started at once: each needs a tenth of a second of CPU to come up. */
const HIRE_AT_ONCE = 8;
/** Servers that take connections at the same moment: one works, the next is there when it is full. */
const ACCEPTING = 2;
const STOP_PATIENCE_MS = 15_000;
const SETTLE_MS = 5_000;
const REPORT_MS = 10_000;

const never = () => false;

/** Starts every process and waits until all are ready. */
export async function startCrew(run: Run, crew: Crew): Promise<void> {
  const { plan, options, listener, addresses, pageSize, upstream } = run.prepared;
  const isOver = () => run.halt !== null || run.unstarted.length > 0;
  const ready = () => crew.workers.filter((w) => w.ready || w.end !== null).length;
  const slots = Math.min(plan.capacity, addresses.sources.length * addresses.portsPerSource);
  const hires: (() => void)[] = [];
  for (let index = 0; index < plan.servers; index++) {
    // strict lets the one server run into its limit; spread stays below it.
    const capacity =
      options.mode === 'strict'
        ? options.goal
        : connectionsPerServer(plan.socketsPerProcess, connectionsEach(options.workload));
    hires.push(() =>
      crew.hire(
        {
          type: 'setup',
          role: 'server',
          index,
          pageSize,
          server: plan.server,
          capacity,
          workload: options.workload,
        },
        listener,
        upstream?.listener,
      ),
    );
  }
  for (let index = 0; upstream !== null && index < (plan.upstream?.processes ?? 0); index++) {
    hires.push(() =>
      crew.hire(
        {
          type: 'setup',
          role: 'upstream',
          index,
          pageSize,
          // It rehearses like a server, at the address of one.
          server: plan.server,
          capacity: plan.socketsPerProcess,
          workload: 'idle',
        },
        upstream.listener,
      ),
    );
  }
  for (let index = 0; index < plan.clients; index++) {
    const goal = share(options.goal, plan.clients, index);
    hires.push(() =>
      crew.hire(
        {
          type: 'setup',
          role: 'client',
          index,
          pageSize,
          goal,
          server: plan.server,
          ...ownSlots(addresses.sources, addresses.portsPerSource, slots, plan.clients, index),
          spans: addresses.spans,
          picksPorts: picksPorts(options.workload),
          window: options.window,
          connectTimeoutMs: options.connectTimeoutMs,
          echoTimeoutMs: options.echoTimeoutMs,
        },
        listener,
      ),
    );
  }
  for (const [at, hire] of hires.entries()) {
    if (isOver()) return;
    hire();
    await run.waiter.until(() => ready() > at - HIRE_AT_ONCE, isOver, ready, options.stallMs);
  }
  const waited = await run.waiter.until(
    () => ready() === crew.workers.length,
    isOver,
    ready,
    options.stallMs,
  );
  if (waited === 'stalled') run.stop('stalled');
}

/** A client's part of sources × ports, with only the sources it touches. */
export function ownSlots(
  sources: readonly string[],
  perSource: number,
  slots: number,
  clients: number,
  index: number,
): { readonly sources: readonly string[]; readonly firstSlot: number; readonly slots: number } {
  const first = shareStart(slots, clients, index);
  const count = share(slots, clients, index);
  const firstSource = Math.floor(first / perSource);
  const lastSource = Math.floor(Math.max(first, first + count - 1) / perSource);
  return {
    sources: sources.slice(firstSource, lastSource + 1),
    firstSlot: first - firstSource * perSource,
    slots: count,
  };
}

/** A function that lets the next of these servers take connections when others are full; to be called again and again. */
export function admission(crew: Crew, servers: readonly Worker[]): () => void {
  const accepting = new Set<Worker>();
  return () => {
    const open = servers.filter((s) => accepting.has(s) && !s.full && s.end === null).length;
    for (const server of servers.filter((s) => !accepting.has(s)).slice(0, ACCEPTING - open)) {
      accepting.add(server);
      crew.tell(server, { type: 'accept' });
    }
  };
}

/** Opens the connections, a few clients at a time, and waits until the servers have taken them all. */
export async function ramp(run: Run, crew: Crew): Promise<void> {
  const clients = clientsOf(crew);
  const servers = serversOf(crew);
  const { plan, options } = run.prepared;
  const moving = new Set<Worker>();
  const admit = admission(crew, servers);
  const keepGoing = () => {
    admit();
    if (run.halt !== null) return;
    const busy = [...moving].filter((c) => c.ramped === null && c.end === null).length;
    for (const client of clients.filter((c) => !moving.has(c)).slice(0, plan.parallel - busy)) {
      moving.add(client);
      crew.tell(client, { type: 'ramp' });
    }
  };
  const isHalted = () => run.halt !== null;
  const established = () => total(clients, (w) => w.ramped?.established ?? w.done);
  const accepted = () => total(servers, (w) => w.done);
  const isRamped = () => {
    keepGoing();
    return clients.every((c) => c.ramped !== null || c.end !== null);
  };
  const pulse = () => established() + accepted() + clients.filter((c) => c.ramped !== null).length;
  // A connect that hangs is counted as timed out by its client, so silence means more than one of those.
  const stall = options.stallMs + options.connectTimeoutMs;
  if ((await run.waiter.until(isRamped, isHalted, pulse, stall)) === 'stalled') run.stop('stalled');
  if (run.halt !== null) {
    for (const client of moving) crew.tell(client, { type: 'stop' });
    const isStopped = () => [...moving].every((c) => c.ramped !== null || c.end !== null);
    await run.waiter.until(isStopped, never, pulse, STOP_PATIENCE_MS);
  }
  const isTaken = () => {
    // The clients may be done while the last servers have not even begun to take.
    keepGoing();
    return accepted() >= established();
  };
  await run.waiter.until(isTaken, () => run.halt === 'lost-worker', accepted, SETTLE_MS);
}

/** Every connection is asked once; a client that was lost counts as nothing sent. */
export async function sweep(run: Run, crew: Crew, id: number): Promise<void> {
  const clients = clientsOf(crew).filter((c) => c.end === null && (c.ramped?.established ?? 0) > 0);
  const { plan, options } = run.prepared;
  const asked = new Set<Worker>();
  for (const client of clients) {
    client.swept = null;
    client.done = 0;
  }
  const isSwept = () => {
    const busy = [...asked].filter((c) => c.swept === null && c.end === null).length;
    for (const client of clients.filter((c) => !asked.has(c)).slice(0, plan.parallel - busy)) {
      asked.add(client);
      crew.tell(client, { type: 'sweep', id });
    }
    return clients.every((c) => c.swept !== null || c.end !== null);
  };
  const isHalted = () => run.halt === 'interrupted' || run.halt === 'lost-worker';
  const pulse = () => total(clients, (c) => c.done) + asked.size;
  const startMs = run.clock();
  const waited = await run.waiter.until(isSwept, isHalted, pulse, options.stallMs + options.echoTimeoutMs);
  if (waited !== 'done') {
    if (waited === 'stalled') run.stop('stalled');
    for (const client of asked) crew.tell(client, { type: 'stop' });
    const isStopped = () => [...asked].every((c) => c.swept !== null || c.end !== null);
    await run.waiter.until(isStopped, never, pulse, STOP_PATIENCE_MS);
  }
  run.sweeps.push(tallySweep(clients, startMs, run.clock() - startMs));
}

function tallySweep(clients: readonly Worker[], startMs: number, durationMs: number): SweepTally {
  const failures: readonly Failure[] = mergeFailures(clients.map((c) => c.swept?.failures ?? []));
  const byErrno: Record<string, number> = {};
  for (const failure of failures) byErrno[failure.errno] = (byErrno[failure.errno] ?? 0) + failure.count;
  const answered = total(clients, (c) => c.swept?.answered ?? 0);
  return {
    startMs: round(startMs),
    durationMs: round(durationMs),
    sent: total(clients, (c) => c.swept?.sent ?? 0),
    answered,
    failed: failures.reduce((sum, f) => sum + f.count, 0),
    failedByErrno: byErrno,
    timedOut: total(clients, (c) => c.swept?.timedOut ?? 0),
    mismatched: total(clients, (c) => c.swept?.mismatched ?? 0),
    echoesPerSecond: durationMs > 0 ? Math.round((answered / durationMs) * 1000) : 0,
  };
}

/** Waits; true when the time passed and nothing went wrong. */
export async function hold(run: Run, milliseconds: number): Promise<void> {
  const end = run.clock() + milliseconds;
  const isOver = () => run.clock() >= end;
  await run.waiter.until(isOver, () => run.halt !== null, run.clock, milliseconds + SETTLE_MS);
}

/** Asks every worker for its figures: memory, CPU, histograms. */
export async function collect(run: Run, crew: Crew): Promise<void> {
  for (const worker of crew.workers) worker.figures = null;
  crew.tellAll({ type: 'report' });
  const isComplete = () => crew.workers.every((w) => w.figures !== null || w.end !== null);
  const pulse = () => crew.workers.filter((w) => w.figures !== null).length;
  await run.waiter.until(isComplete, never, pulse, REPORT_MS);
}
