/** The worker processes: started, told, listened to, and ended. None outlives the coordinator. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { WorkerEnd, WorkerRole } from '../model/soak.ts';
import { libraryStdio } from './embedded-ffi.ts';
import type {
  ClientSetup,
  EchoTally,
  Failure,
  News,
  Order,
  RampTally,
  ServerSetup,
  TaskTally,
  WorkerFigures,
} from './wire.ts';

/** How to start a worker: `{file: process.execPath, args: [script, 'worker']}`, or the executable itself. */
export interface WorkerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What is known of one worker; written by the crew alone. */
export interface Worker {
  readonly role: WorkerRole;
  readonly index: number;
  readonly pid: number;
  ready: boolean;
  /** Connects or echoes of the phase so far; for a server, connections taken so far. */
  done: number;
  full: boolean;
  ramped: RampTally | null;
  swept: EchoTally | null;
  tasked: TaskTally | null;
  /** Client: bytes read in the task that is going on. */
  bytes: number;
  /** Server: connections whose other end has closed. */
  closed: number;
  failures: readonly Failure[];
  figures: WorkerFigures | null;
  end: WorkerEnd | null;
}

export interface CrewEvents {
  /** Called after the worker's state has taken the news in. */
  news(worker: Worker, news: News): void;
  /** A worker ended before it was told to. */
  lost(worker: Worker, end: WorkerEnd): void;
  /** A process could not be started: EAGAIN, ENOMEM … */
  unstarted(errno: string): void;
}

export interface Crew {
  readonly workers: readonly Worker[];
  /** `upstream` is the upstreams' listener, for a gateway. */
  hire(setup: ClientSetup | ServerSetup, listener: number, upstream?: number): void;
  tell(worker: Worker, order: Order): void;
  tellAll(order: Order): void;
  /** Ends these workers on purpose: by order, and after `patienceMs` by SIGKILL. Resolves when all are gone. */
  dismiss(workers: readonly Worker[], patienceMs: number): Promise<void>;
}

/** V8 keeps a small young generation and no helper pool: a worker makes next to no garbage. */
const V8_OPTIONS = '--max-semi-space-size=1 --v8-pool-size=1';

export function createCrew(command: WorkerCommand, events: CrewEvents): Crew {
  const children = new Map<Worker, ChildProcess>();
  const workers: Worker[] = [];
  const dismissed = new Set<Worker>();
  const waiting = new Map<Worker, () => void>();
  const environment = {
    ...process.env,
    ...command.env,
    NODE_OPTIONS: [process.env.NODE_OPTIONS ?? '', V8_OPTIONS].join(' ').trim(),
    // The event loop's pool is never used; one thread instead of four if it ever is.
    UV_THREADPOOL_SIZE: '1',
  };

  const take = (worker: Worker, news: News) => {
    if ('done' in news) worker.done = news.done;
    if (news.type === 'progress') {
      worker.bytes = news.bytes ?? worker.bytes;
      worker.closed = news.closed ?? worker.closed;
    }
    if (news.type === 'ready') worker.ready = true;
    else if (news.type === 'ramped') {
      worker.ramped = news.tally;
      worker.failures = news.tally.failures;
      worker.done = news.tally.established;
    } else if (news.type === 'swept') {
      worker.swept = news.tally;
      worker.done = news.tally.answered;
    } else if (news.type === 'tasked') worker.tasked = news.tally;
    else if (news.type === 'full') worker.full = true;
    else if (news.type === 'trouble') worker.failures = news.failures;
    else if (news.type === 'figures') {
      worker.figures = news.figures;
      worker.failures = news.failures;
    }
    events.news(worker, news);
  };
  const end = (worker: Worker, exitCode: number | null, signal: string | null) => {
    if (worker.end !== null) return;
    worker.end = { role: worker.role, index: worker.index, pid: worker.pid, exitCode, signal };
    waiting.get(worker)?.();
    if (!dismissed.has(worker)) events.lost(worker, worker.end);
  };
  const tell = (worker: Worker, order: Order) => {
    const child = children.get(worker);
    if (worker.end === null && child?.connected) child.send(order, () => undefined);
  };

  return {
    workers,
    hire: (setup, listener, upstream) => {
      // A session of its own: Ctrl-C and a closing terminal reach the coordinator only, which then drains.
      let child: ChildProcess;
      try {
        child = spawn(command.file, [...command.args], {
          stdio: ['ignore', 'ignore', 'inherit', 'ipc', listener, ...inherited(upstream)],
          env: environment,
          detached: true,
        });
      } catch (error) {
        events.unstarted(errnoOf(error));
        return;
      }
      child.on('error', (error) => {
        if (child.pid === undefined) events.unstarted(errnoOf(error));
      });
      if (child.pid === undefined) return;
      const worker: Worker = {
        role: setup.role,
        index: setup.index,
        pid: child.pid,
        ready: false,
        done: 0,
        full: false,
        ramped: null,
        swept: null,
        tasked: null,
        bytes: 0,
        closed: 0,
        failures: [],
        figures: null,
        end: null,
      };
      workers.push(worker);
      children.set(worker, child);
      child.on('message', (news: News) => take(worker, news));
      child.on('exit', (code, signal) => end(worker, code, signal));
      tell(worker, setup);
    },
    tell,
    tellAll: (order) => {
      for (const worker of workers) tell(worker, order);
    },
    dismiss: async (leaving, patienceMs) => {
      const alive = leaving.filter((worker) => worker.end === null);
      const gone = alive.map((worker) => {
        dismissed.add(worker);
        return new Promise<void>((resolve) => waiting.set(worker, resolve));
      });
      for (const worker of alive) tell(worker, { type: 'exit' });
      const timer = setTimeout(() => {
        for (const worker of alive) if (worker.end === null) children.get(worker)?.kill('SIGKILL');
      }, patienceMs);
      await Promise.all(gone);
      clearTimeout(timer);
    },
  };
}

/** What stands at LIBRARY_FD and UPSTREAM_FD, with nothing left open where there is only the second. */
function inherited(upstream: number | undefined): readonly (number | 'ignore')[] {
  const library = libraryStdio();
  if (upstream === undefined) return library;
  return [library[0] ?? 'ignore', upstream];
}

function errnoOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
