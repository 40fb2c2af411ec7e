/**
 * A gateway opens an upstream connection for each of its clients and ties the two together. Ports are the kernel's
 * choice, as for every program that just connects. A client without an upstream connection is turned away.
 */
import { share } from '../address-plan.ts';
import { SO_LINGER, SOL_SOCKET } from '../constants.ts';
import { countFailures, mergeFailures } from '../failures.ts';
import { createHistogram } from '../histogram.ts';
import type { Libc } from '../libc.ts';
import { createRamp, type Ramp } from '../ramp.ts';
import type { ClientSetup, Failure, LinkTask } from '../wire.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { Duty } from './duty.ts';
import type { Peers } from './peers.ts';
import { tallyOf } from './tally.ts';

/** Clients turned away between two looks at the clock. */
const BATCH = 32;

/** What the duty needs of the server's event loop. */
export interface Gate {
  /** Waits for what the descriptor has to say, too; false when the kernel refuses. */
  addPeer(fd: number): boolean;
  /** Closes a client's connection. */
  turnAway(fd: number): void;
}

/** `queue` is the upstreams' listener, watched so as not to outrun them. */
export function createLink(
  libc: Libc,
  table: ConnectionTable,
  peers: Peers,
  task: LinkTask,
  queue: number,
  gate: Gate,
): Duty {
  const clients = listOf(table);
  const opened = new Int32Array(clients.length);
  const latency = createHistogram();
  const failures = countFailures();
  const past: (readonly Failure[])[] = [];
  const noLinger = libc.allocate(8);
  noLinger.int32.set([1, 0]);
  let upstream = -1;
  let first = 0;
  let count = 0;
  let ramp: Ramp | null = null;
  let linked = 0;
  let timedOut = 0;
  let stopped = false;

  const begin = (): Ramp | null => {
    first += count;
    upstream += 1;
    if (stopped || upstream >= task.upstreams.length) return null;
    count = share(clients.length, task.upstreams.length, upstream);
    if (count === 0) return null;
    const setup = dialling(task, task.upstreams[upstream] ?? '', count);
    return createRamp(libc, setup, queue, opened.subarray(first, first + count), latency);
  };
  const tie = (client: number, fd: number): boolean => {
    // As on the listener's sockets: whoever ends first, no TIME_WAIT stays behind.
    libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, noLinger.address, 8);
    const isThere = table.has(client);
    if (isThere && gate.addPeer(fd)) {
      peers.link(client, fd);
      return true;
    }
    const errno = libc.errno();
    if (isThere) failures.add('epoll_ctl', errno);
    libc.close(fd);
    return false;
  };
  const settle = (done: Ramp) => {
    const tally = done.tally();
    timedOut += tally.timedOut;
    past.push(tally.failures);
    for (let i = 0; i < count; i++) {
      const client = clients[first + i] ?? -1;
      if (i < tally.established && tie(client, opened[first + i] ?? -1)) linked += 1;
      else gate.turnAway(client);
    }
  };
  /** True when there is nobody left: a stop may come when hundreds of thousands wait. */
  const turnAwayTheRest = (until: number): boolean => {
    do {
      for (let i = 0; i < BATCH && first < clients.length; i++, first++) gate.turnAway(clients[first] ?? -1);
    } while (first < clients.length && performance.now() < until);
    return first >= clients.length;
  };

  ramp = begin();
  return {
    step: (until) => {
      if (ramp === null) return turnAwayTheRest(until);
      if (ramp.step(until)) {
        settle(ramp);
        ramp = begin();
      }
      return false;
    },
    isBusy: () => ramp !== null || first < clients.length,
    writable: () => undefined,
    gone: () => undefined,
    stop: () => {
      stopped = true;
      ramp?.stop();
    },
    tally: () =>
      tallyOf({
        connections: clients.length,
        completed: linked,
        timedOut,
        failures: mergeFailures([...past, failures.list()]),
        latency: latency.encode(),
      }),
  };
}

function listOf(table: ConnectionTable): Int32Array {
  const fds = new Int32Array(table.count());
  let at = 0;
  for (let fd = 0; fd < table.end(); fd++) if (table.has(fd)) fds[at++] = fd;
  return fds;
}

/** A ramp from the gateway's own address to one upstream address. */
function dialling(task: LinkTask, address: string, goal: number): ClientSetup {
  return {
    type: 'setup',
    role: 'client',
    index: 0,
    pageSize: 0,
    goal,
    server: { address, port: task.port },
    sources: [task.from],
    spans: [[1, goal]],
    firstSlot: 0,
    slots: goal,
    picksPorts: true,
    window: task.window,
    connectTimeoutMs: task.connectTimeoutMs,
    echoTimeoutMs: task.connectTimeoutMs,
  };
}
