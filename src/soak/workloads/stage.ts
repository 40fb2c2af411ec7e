/** What every workload's steps share: tasks handed out and waited for, within a time, and what came of them. */
import type { WorkloadEnd } from '../../model/soak-workload.ts';
import type { Crew, Worker } from '../crew.ts';
import { mergeFailures } from '../failures.ts';
import { type Run, total } from '../run.ts';
import type { ClientTask, Failure, ServerTask, TaskTally } from '../wire.ts';

const STOP_PATIENCE_MS = 15_000;
/**
 * A workload has so long, and a millisecond more for each connection, or several times what opening them took: an emulated
 * or a busy machine is slow at everything.
 */
const MOST_MS = 60_000;
const RAMPS = 5;

export type Assignment = readonly [Worker, ClientTask | ServerTask];

/** Sums over workers. */
export interface Sum {
  readonly connections: number;
  readonly completed: number;
  readonly bytes: number;
  readonly blocked: number;
  readonly timedOut: number;
  readonly portsSkipped: number;
  readonly failures: readonly Failure[];
  readonly tallies: readonly TaskTally[];
}

export interface Stage {
  readonly run: Run;
  readonly crew: Crew;
  /** Pages of queued TCP data, as last seen, and the pages at which nothing more may be added. */
  pages(): number;
  readonly pagesLimit: number | null;
  /** The first reason stays. */
  finish(end: WorkloadEnd): void;
  end(): WorkloadEnd;
  /**
   * Hands out the tasks and waits until each has its tally. `enough` true, the soak stopped, or nothing moving any
   * more: the workers are told to stop, and their tallies are waited for.
   */
  assign(tasks: readonly Assignment[], enough?: () => boolean): Promise<void>;
  /** Waits until it holds; false when it did not in time. */
  until(isDone: () => boolean, pulse: () => number): Promise<boolean>;
  /** Waits for it so long and no longer: what did not come by then is a result, not a standstill. */
  settle(isDone: () => boolean, milliseconds: number): Promise<void>;
}

export function createStage(run: Run, crew: Crew, pages: () => number, pagesLimit: number | null): Stage {
  const { options } = run.prepared;
  const begun = run.clock();
  const rampMs = run.phases.find(({ phase }) => phase === 'ramp')?.durationMs ?? 0;
  const most = MOST_MS + Math.max(options.goal, RAMPS * rampMs);
  const stall = options.stallMs + Math.max(options.connectTimeoutMs, options.echoTimeoutMs);
  let end: WorkloadEnd = 'done';
  const isCut = () => run.halt === 'interrupted' || run.halt === 'lost-worker' || run.halt === 'memory-floor';
  const isLate = () => run.clock() - begun > most;
  const finish = (how: WorkloadEnd) => {
    if (end === 'done') end = how;
  };
  const wait = async (isDone: () => boolean, pulse: () => number): Promise<boolean> => {
    const waited = await run.waiter.until(isDone, () => isCut() || isLate(), pulse, stall);
    if (waited === 'done') return true;
    if (run.halt === 'memory-floor') finish('at-limit');
    else if (isCut()) finish('halted');
    else finish(waited === 'halted' ? 'late' : 'stalled');
    return false;
  };
  return {
    run,
    crew,
    pages,
    pagesLimit,
    finish,
    end: () => end,
    until: wait,
    settle: async (isDone, milliseconds) => {
      await run.waiter.until(isDone, isCut, () => 0, milliseconds);
    },
    assign: async (tasks, enough = () => false) => {
      const workers = tasks.map(([worker]) => worker);
      for (const [worker, task] of tasks) {
        worker.tasked = null;
        worker.bytes = 0;
        if (worker.role === 'client') worker.done = 0;
        crew.tell(worker, { type: 'task', task });
      }
      const open = () => workers.filter((w) => w.tasked === null && w.end === null);
      const isOver = () => open().length === 0;
      // Of all workers: while a gateway connects, it is the upstreams that have something to tell.
      const pulse = () =>
        total(crew.workers, (w) => w.done + w.bytes + w.closed) + pages() - 1e9 * open().length;
      await wait(() => isOver() || enough(), pulse);
      if (isOver()) return;
      for (const worker of open()) crew.tell(worker, { type: 'stop' });
      await run.waiter.until(isOver, () => false, pulse, STOP_PATIENCE_MS);
    },
  };
}

export function sum(workers: readonly Worker[]): Sum {
  const tallies = workers.flatMap((w) => (w.tasked === null ? [] : [w.tasked]));
  const add = (pick: (tally: TaskTally) => number) => tallies.reduce((all, tally) => all + pick(tally), 0);
  return {
    connections: add((t) => t.connections),
    completed: add((t) => t.completed),
    bytes: add((t) => t.bytes),
    blocked: add((t) => t.blocked),
    timedOut: add((t) => t.timedOut),
    portsSkipped: add((t) => t.portsSkipped),
    failures: mergeFailures(tallies.map((t) => t.failures)),
    tallies,
  };
}

/** Connections that a client has open, as far as it knows. */
export function heldBy(worker: Worker): number {
  return worker.end === null ? (worker.ramped?.established ?? 0) : 0;
}
