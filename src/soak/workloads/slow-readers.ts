/** One connection in twenty does not read while the server fills its buffers; then all of it is read. */
import { clientsOf, round, serversOf, total } from '../run.ts';
import type { Done } from './outcome.ts';
import { heldBy, type Stage, sum } from './stage.ts';

const EVERY = 20;
const WAIT_MS = 3000;

/**
 * tcp_mem is of the whole machine, so the filling ends at its pressure mark: beyond it every program's sockets would
 * suffer. What was not filled by then is what the limit has cost.
 */
export async function slowReaders(stage: Stage): Promise<Done> {
  const { run, crew } = stage;
  const { pageSize } = run.prepared;
  const clients = clientsOf(crew).filter((c) => heldBy(c) > 0);
  const servers = serversOf(crew).filter((s) => s.end === null);
  const pagesBefore = stage.pages();
  const isAtLimit = () => stage.pagesLimit !== null && stage.pages() >= stage.pagesLimit;

  const fillBegun = run.clock();
  await stage.assign(
    servers.map((s) => [s, { kind: 'fill', every: EVERY }]),
    () => {
      if (isAtLimit()) stage.finish('at-limit');
      return isAtLimit();
    },
  );
  const fillMs = run.clock() - fillBegun;
  const filled = sum(servers);
  const pagesFull = run.look().pages;

  const waitEnd = run.clock() + WAIT_MS;
  if (stage.end() === 'done') await stage.until(() => run.clock() >= waitEnd, run.clock);
  const waitMs = run.clock() - fillBegun - fillMs;

  const drainBegun = run.clock();
  // The last bytes are told of a little later than they were read.
  const isDrained = () => total(clients, (c) => c.tasked?.bytes ?? c.bytes) >= filled.bytes;
  await stage.assign(
    clients.map((c) => [c, { kind: 'swallow' }]),
    isDrained,
  );
  const drained = sum(clients);
  const isAllRead = drained.bytes === filled.bytes;
  const grown = Math.max(0, pagesFull - pagesBefore) * pageSize;
  const each = (bytes: number) => (filled.completed > 0 ? Math.round(bytes / filled.completed) : 0);
  return {
    connections: filled.connections,
    completed: isAllRead ? filled.completed : Math.min(filled.completed, drained.completed),
    timedOut: 0,
    failures: [
      ...filled.failures.map((f) => ({ side: 'server' as const, ...f })),
      ...drained.failures.map((f) => ({ side: 'client' as const, ...f })),
    ],
    lost: drained.connections - drained.completed,
    isQuiet: isAllRead,
    figures: (moved) => ({
      name: 'slow-readers',
      bytes: filled.bytes,
      bytesPerConnection: each(filled.bytes),
      memoryPerConnection: each(grown),
      fillMs: round(fillMs),
      waitMs: round(waitMs),
      drainMs: round(run.clock() - drainBegun),
      leftBytes: Math.max(0, run.look().pages - pagesBefore) * pageSize,
      memoryPressures: moved('TcpExt.TCPMemoryPressures'),
    }),
  };
}
