/**
 * A worker process: takes orders over IPC, works in short slices, and ends when the channel does. A killed
 * coordinator therefore leaves no process, and no socket, behind.
 */
import { O_WRONLY, PR_SET_PDEATHSIG, SIGKILL } from './constants.ts';
import { createHistogram } from './histogram.ts';
import { type Libc, type LoadFfi, loadLibc } from './libc.ts';
import { ownMemory, settleMemory, watchMemory } from './own-memory.ts';
import { createRamp, type Ramp } from './ramp.ts';
import { compileEarly, rehearse } from './rehearsal.ts';
import { createServer, type Server } from './server.ts';
import { createSweep, type Sweep } from './sweep.ts';
import { createClientTask } from './tasks/client.ts';
import { type ConnectionTable, createConnectionTable } from './tasks/connection-table.ts';
import type { Duty } from './tasks/duty.ts';
import { createFill } from './tasks/fill.ts';
import { createSend } from './tasks/send.ts';
import { type Task, tallyOf } from './tasks/tally.ts';
import {
  CHANNEL_FD,
  type ClientSetup,
  type ClientTask,
  type Failure,
  LISTENER_FD,
  type News,
  type Order,
  type ServerSetup,
  type ServerTask,
  type WorkerFigures,
} from './wire.ts';

const SLICE_MS = 10;
const PROGRESS_MS = 100;
const IDLE_WAIT_MS = 1000;
const ACCEPT_WAIT_MS = 20;
const FLUSH_MS = 5;
/** The kernel's out-of-memory killer takes this process before any other of the host. */
const OOM_FIRST = '1000';

/** Runs this process as a worker until its coordinator is gone. */
export async function runWorker(loadFfi?: LoadFfi): Promise<void> {
  if (process.send === undefined) throw new Error('worker: started without a channel to a coordinator');
  process.on('disconnect', () => process.exit(0));
  try {
    const libc = await loadLibc(loadFfi);
    compileEarly();
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!process.connected) process.exit(0);
    offerToOomKiller(libc);
    process.once('message', (order: Order) => {
      if (order.type !== 'setup') return;
      rehearse(libc, order.server.address, CHANNEL_FD);
      settleMemory();
      if (order.role === 'server') serve(libc, order);
      else attend(libc, order);
    });
    // The coordinator sends the setup once the channel is there; nothing else is needed before it.
  } catch (error) {
    tell({ type: 'broken', message: error instanceof Error ? error.message : String(error) });
    process.disconnect();
  }
}

function tell(news: News): void {
  if (process.connected) process.send?.(news, () => undefined);
}

function offerToOomKiller(libc: Libc): void {
  const path = libc.allocate(64);
  const value = libc.allocate(8);
  path.bytes.set(Buffer.from('/proc/self/oom_score_adj'));
  value.bytes.set(Buffer.from(OOM_FIRST));
  const fd = libc.open(path.address, O_WRONLY);
  if (fd < 0) return;
  libc.write(fd, value.address, OOM_FIRST.length);
  libc.close(fd);
}

function figures(memory: WorkerFigures['memory'], parts: Partial<WorkerFigures>): WorkerFigures {
  const cpu = process.cpuUsage();
  return {
    memory,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    longestSliceMs: 0,
    pacedMs: 0,
    connect: { pairs: [], max: 0 },
    echo: { pairs: [], max: 0 },
    perSource: [],
    ...parts,
  };
}

function serve(libc: Libc, setup: ServerSetup): void {
  const table = setup.workload === 'idle' ? null : createConnectionTable(setup.capacity);
  const server = createServer(libc, LISTENER_FD, CHANNEL_FD, setup.capacity, {
    table,
    closesInOrder: setup.workload === 'reconnect',
  });
  const memory = watchMemory(ownMemory(libc, setup.pageSize));
  let duty: Duty | null = null;
  let told = 0;
  let toldClosed = 0;
  let toldAt = 0;
  let lookedAt = 0;
  let seen = 0;
  let saidFull = false;
  let saidStuck = false;

  process.on('message', (order: Order) => {
    if (order.type === 'accept') server.startAccepting();
    else if (order.type === 'task') {
      duty = createDuty(libc, server, table, order.task);
      server.setDuty(duty);
      if (duty === null) {
        server.startAccepting();
        tell({ type: 'tasked', tally: tallyOf({}) });
      }
    } else if (order.type === 'stop') duty?.stop();
    else if (order.type === 'exit') process.exit(0);
    else if (order.type === 'report') {
      tell({
        type: 'figures',
        figures: figures(memory.figures(), { longestSliceMs: server.longestSliceMs() }),
        failures: server.failures(),
      });
    }
  });

  const report = (now: number) => {
    const done = server.taken();
    const closed = done - server.open();
    const isSame = done === told && closed === toldClosed;
    if (now - lookedAt >= PROGRESS_MS) {
      lookedAt = now;
      memory.look();
    }
    if (server.stuck() && !saidStuck) {
      saidStuck = true;
      tell({ type: 'trouble', done, failures: server.failures() });
    } else if (server.full() && !saidFull) {
      saidFull = true;
      tell({ type: 'full', done });
    } else if (!isSame && (now - toldAt >= PROGRESS_MS || done + closed === seen)) {
      tell({ type: 'progress', done, closed });
      toldClosed = closed;
    } else {
      seen = done + closed;
      return;
    }
    told = done;
    toldAt = now;
  };

  /** Short while there is something left to tell, long when nothing is going on. */
  const patience = () =>
    server.taken() !== told || server.taken() - server.open() !== toldClosed || duty !== null
      ? FLUSH_MS
      : server.accepting()
        ? ACCEPT_WAIT_MS
        : IDLE_WAIT_MS;

  const work = (until: number) => {
    if (duty === null || !duty.step(until)) return;
    tell({ type: 'tasked', tally: duty.tally() });
    duty = null;
    server.setDuty(null);
  };

  const turn = () => {
    const until = performance.now() + SLICE_MS;
    do {
      if (duty !== null) work(until);
    } while (!server.step(duty?.isBusy() ? 0 : patience()) && performance.now() < until);
    report(performance.now());
    setImmediate(turn);
  };
  tell({ type: 'ready' });
  turn();
}

/** null: the order was only to take connections again. */
function createDuty(
  libc: Libc,
  server: Server,
  table: ConnectionTable | null,
  task: ClientTask | ServerTask,
): Duty | null {
  if (table === null) return null;
  if (task.kind === 'send') return createSend(libc, table, task.bytes, server.watchWritable);
  if (task.kind === 'fill') return createFill(libc, table, task.every);
  return null;
}

function attend(libc: Libc, setup: ClientSetup): void {
  const fds = new Int32Array(setup.goal);
  const connect = createHistogram();
  const echo = createHistogram();
  const memory = watchMemory(ownMemory(libc, setup.pageSize));
  const ramp: Ramp = createRamp(libc, setup, LISTENER_FD, fds, connect);
  let sweep: Sweep | null = null;
  let task: Task | null = null;
  let longest = 0;

  /** Works in slices, letting orders in between, until the work says that it is over. */
  const work = (step: (until: number) => boolean, done: () => number, finish: () => void) => {
    let told = 0;
    const turn = () => {
      const begun = performance.now();
      const isOver = step(begun + SLICE_MS);
      const now = performance.now();
      if (now - begun > longest) longest = now - begun;
      if (isOver) {
        finish();
        return;
      }
      if (now - told >= PROGRESS_MS) {
        told = now;
        memory.look();
        tell({ type: 'progress', done: done(), ...(task === null ? {} : { bytes: task.bytes() }) });
      }
      setImmediate(turn);
    };
    turn();
  };
  const failuresSoFar = (): readonly Failure[] => ramp.tally().failures;

  process.on('message', (order: Order) => {
    if (order.type === 'ramp') {
      work(ramp.step, ramp.established, () => tell({ type: 'ramped', tally: ramp.tally() }));
    } else if (order.type === 'sweep') {
      const next = createSweep(libc, setup, order.id, fds, ramp.established(), echo);
      sweep = next;
      work(next.step, next.done, () => tell({ type: 'swept', tally: next.tally() }));
    } else if (order.type === 'task') {
      const next = createClientTask(libc, setup, LISTENER_FD, fds, ramp.established(), order.task);
      if (next === null) return;
      task = next;
      work(next.step, next.done, () => {
        task = null;
        tell({ type: 'tasked', tally: next.tally() });
      });
    } else if (order.type === 'stop') {
      ramp.stop();
      sweep?.stop();
      task?.stop();
    } else if (order.type === 'exit') process.exit(0);
    else if (order.type === 'report') {
      tell({
        type: 'figures',
        figures: figures(memory.figures(), {
          longestSliceMs: longest,
          pacedMs: ramp.pacedMs(),
          connect: connect.encode(),
          echo: echo.encode(),
          perSource: ramp.perSource(),
        }),
        failures: failuresSoFar(),
      });
    }
  });
  tell({ type: 'ready' });
}
