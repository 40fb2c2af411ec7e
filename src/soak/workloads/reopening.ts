/** Connections closed by their clients and opened again: what the burst and the mass reconnect have in common. */
import type { Percentiles } from '../../model/soak-figures.ts';
import type { Worker } from '../crew.ts';
import { createHistogram } from '../histogram.ts';
import { CONNECT_SAMPLE } from '../ramp.ts';
import { serversOf, total } from '../run.ts';
import { type Stage, type Sum, sum } from './stage.ts';

/**
 * A client is connected with the second step of the handshake. When the third met a full queue, the server sends the
 * second again after 1 and 3 s; after a SYN cookie it knows of nothing, and the client finds out when it writes.
 */
const SETTLE_MS = 5000;

export interface Reopening {
  readonly closed: Sum;
  readonly opened: Sum;
  /** Of those that the clients opened, the ones that the servers have, too. */
  readonly taken: number;
  readonly closeMs: number;
  readonly openMs: number;
  readonly latency: Percentiles;
}

export interface Closing {
  /** How many each of these clients closes, from the first it opened. */
  readonly shares: readonly (readonly [Worker, number])[];
  readonly isPaced: boolean;
  /** For how long the servers do not accept while the clients come back. */
  readonly pauseMs: number;
  /** Between the two, when all are closed at both ends. */
  readonly onClosed?: () => Promise<void>;
}

export async function reopen(stage: Stage, closing: Closing): Promise<Reopening> {
  const { run, crew } = stage;
  const servers = serversOf(crew).filter((s) => s.end === null);
  const clients = closing.shares.map(([client]) => client);
  const closedAtServers = () => total(servers, (s) => s.closed);
  const takenByServers = () => total(servers, (s) => s.done);
  const [closedBefore, takenBefore] = [closedAtServers(), takenByServers()];

  if (closing.pauseMs > 0) await stage.assign(servers.map((s) => [s, { kind: 'pause' }]));
  const closeBegun = run.clock();
  await stage.assign(closing.shares.map(([client, connections]) => [client, { kind: 'close', connections }]));
  const closed = sum(clients);
  const counts = new Map(clients.map((c) => [c, c.tasked?.completed ?? 0]));
  await stage.until(() => closedAtServers() - closedBefore >= closed.completed, closedAtServers);
  const closeMs = run.clock() - closeBegun;
  await closing.onClosed?.();

  const openBegun = run.clock();
  let isAccepting = false;
  const isPauseOver = () => {
    const isOver = run.clock() >= openBegun + closing.pauseMs;
    if (isOver && !isAccepting) {
      isAccepting = true;
      for (const server of servers) crew.tell(server, { type: 'task', task: { kind: 'accept' } });
    }
    return isOver;
  };
  isPauseOver();
  await stage.assign(
    clients
      .filter((c) => (counts.get(c) ?? 0) > 0)
      .map((c) => [c, { kind: 'reopen', connections: counts.get(c) ?? 0, isPaced: closing.isPaced }]),
    () => {
      isPauseOver();
      return false;
    },
  );
  await stage.until(isPauseOver, run.clock);
  const openMs = run.clock() - openBegun;
  const opened = sum(clients);
  const taken = () => Math.min(opened.completed, takenByServers() - takenBefore);
  await stage.settle(() => taken() >= opened.completed, SETTLE_MS);
  return { closed, opened, taken: taken(), closeMs, openMs, latency: latencyOf(opened) };
}

/** Of all the connects of a task. */
export function latencyOf({ tallies }: Sum): Percentiles {
  const all = createHistogram();
  for (const tally of tallies) all.merge(tally.latency);
  return {
    samples: all.samples(),
    every: CONNECT_SAMPLE,
    p50: all.quantile(0.5),
    p90: all.quantile(0.9),
    p99: all.quantile(0.99),
    p999: all.quantile(0.999),
    max: Math.ceil(all.max()),
  };
}
