/** A server worker: its orders, its progress, and a workload's duty between its other events. */
import type { Libc } from './libc.ts';
import { ownMemory, watchMemory } from './own-memory.ts';
import { createServer, type Server } from './server.ts';
import { type ConnectionTable, createConnectionTable } from './tasks/connection-table.ts';
import type { Duty } from './tasks/duty.ts';
import { createFill } from './tasks/fill.ts';
import { createLink } from './tasks/link.ts';
import { createPeers, type Peers } from './tasks/peers.ts';
import { createSend } from './tasks/send.ts';
import { tallyOf } from './tasks/tally.ts';
import {
  CHANNEL_FD,
  type ClientTask,
  LISTENER_FD,
  type Order,
  type ServerSetup,
  type ServerTask,
  UPSTREAM_FD,
} from './wire.ts';
import { figures, PROGRESS_MS, SLICE_MS, tell } from './worker-news.ts';

const IDLE_WAIT_MS = 1000;
const ACCEPT_WAIT_MS = 20;
const FLUSH_MS = 5;

export function serve(libc: Libc, setup: ServerSetup): void {
  const table = setup.workload === 'idle' ? null : createConnectionTable(setup.capacity);
  const peers = setup.workload === 'gateway' ? createPeers(setup.capacity) : null;
  const server = createServer(libc, LISTENER_FD, CHANNEL_FD, setup.capacity, {
    table,
    peers,
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
      duty = createDuty(libc, server, table, peers, order.task);
      server.setDuty(duty);
      if (duty === null) {
        if (order.task.kind === 'pause') server.pauseAccepting();
        else server.startAccepting();
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

/** null: the order was only to take connections again, or none. */
function createDuty(
  libc: Libc,
  server: Server,
  table: ConnectionTable | null,
  peers: Peers | null,
  task: ClientTask | ServerTask,
): Duty | null {
  if (table === null) return null;
  if (task.kind === 'link')
    return peers === null ? null : createLink(libc, table, peers, task, UPSTREAM_FD, server);
  if (task.kind === 'send') return createSend(libc, table, task.bytes, server.watchWritable);
  if (task.kind === 'fill') return createFill(libc, table, task.every);
  return null;
}
