/** One message to every connection, as fast as the server can write and the clients can read. */
import { clientsOf, round, serversOf } from '../run.ts';
import type { Done } from './outcome.ts';
import { heldBy, type Stage, sum } from './stage.ts';

/** On top of the echo timeout: a client's turn may come when all the others have been written to. */
const PATIENCE_PER_CONNECTION_MS = 0.1;

export async function broadcast(stage: Stage): Promise<Done> {
  const { run, crew } = stage;
  const { options } = run.prepared;
  const clients = clientsOf(crew).filter((c) => heldBy(c) > 0);
  const servers = serversOf(crew).filter((s) => s.end === null);
  const patienceMs = Math.round(options.echoTimeoutMs + options.goal * PATIENCE_PER_CONNECTION_MS);
  const bytes = options.messageBytes;
  const begun = run.clock();
  let sentAt = 0;
  const isRead = () => {
    if (sentAt === 0 && servers.every((s) => s.tasked !== null || s.end !== null)) sentAt = run.clock();
    return clients.every((c) => c.tasked !== null || c.end !== null);
  };
  await stage.assign(
    [
      ...clients.map((c) => [c, { kind: 'receive', bytes, patienceMs }] as const),
      ...servers.map((s) => [s, { kind: 'send', bytes }] as const),
    ],
    isRead,
  );
  const durationMs = run.clock() - begun;
  const sent = sum(servers);
  const read = sum(clients);
  const connections = clients.reduce((all, c) => all + heldBy(c), 0);
  return {
    connections,
    completed: read.completed,
    timedOut: read.timedOut,
    failures: [
      ...read.failures.map((f) => ({ side: 'client' as const, ...f })),
      ...sent.failures.map((f) => ({ side: 'server' as const, ...f })),
    ],
    lost: read.connections - read.completed,
    isQuiet: read.completed === connections,
    figures: () => ({
      name: 'broadcast',
      messageBytes: bytes,
      delivered: read.completed,
      bytes: read.bytes,
      megabytesPerSecond: durationMs > 0 ? Math.round(read.bytes / durationMs / 100) / 10 : 0,
      sendMs: round((sentAt === 0 ? run.clock() : sentAt) - begun),
      blockedWrites: sent.blocked,
    }),
  };
}
