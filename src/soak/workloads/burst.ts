/** A tenth of the connections closes and comes back in one burst, while the servers look away for a second. */
import { clientsOf, round } from '../run.ts';
import type { Done } from './outcome.ts';
import { reopen } from './reopening.ts';
import { heldBy, type Stage } from './stage.ts';

const SHARE = 0.1;
/** A collection of garbage, a reload, a slow disk: what an accept loop stops for. */
const PAUSE_MS = 1000;

/** The server resets what was closed, so the ports are free at once: it is the arrivals that are looked at. */
export async function burst(stage: Stage): Promise<Done> {
  const clients = clientsOf(stage.crew).filter((c) => heldBy(c) > 0);
  const { closed, opened, taken, openMs, latency } = await reopen(stage, {
    shares: clients.map((c) => [c, Math.ceil(heldBy(c) * SHARE)]),
    isPaced: false,
    pauseMs: PAUSE_MS,
  });
  return {
    connections: closed.completed,
    completed: taken,
    timedOut: opened.timedOut,
    failures: [...closed.failures, ...opened.failures].map((f) => ({ side: 'client' as const, ...f })),
    lost: closed.completed - opened.completed,
    isQuiet: true,
    figures: (moved) => ({
      name: 'burst',
      closed: closed.completed,
      reopened: opened.completed,
      reconnectMs: round(openMs),
      connectsPerSecond: openMs > 0 ? Math.round((opened.completed / openMs) * 1000) : 0,
      latency,
      listenOverflows: moved('TcpExt.ListenOverflows'),
      listenDrops: moved('TcpExt.ListenDrops'),
      requestQueueDrops: moved('TcpExt.TCPReqQFullDrop'),
      syncookiesSent: moved('TcpExt.SyncookiesSent'),
    }),
  };
}
