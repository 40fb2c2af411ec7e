/** Half of the clients close all their connections first, which leaves TIME_WAIT, and connect again. */
import { clientsOf, round } from '../run.ts';
import type { Failure } from '../wire.ts';
import type { Done } from './outcome.ts';
import { reopen } from './reopening.ts';
import { heldBy, type Stage } from './stage.ts';

/** tcp_tw_reuse waits for a second, and older kernels count whole ones. */
const AWAY_MS = 2100;

/** The kernel picks the ports, since tcp_tw_reuse says nothing about a port that a program asks for. */
export async function reconnect(stage: Stage): Promise<Done> {
  const { run } = stage;
  const leaving = clientsOf(stage.crew).filter((c) => c.index % 2 === 0 && heldBy(c) > 0);
  const timeWaitBefore = run.peak.timeWait;
  let timeWait = 0;
  const { closed, opened, taken, closeMs, openMs, latency } = await reopen(stage, {
    shares: leaving.map((c) => [c, heldBy(c)]),
    isPaced: true,
    pauseMs: 0,
    onClosed: async () => {
      timeWait = run.look().timeWait;
      const end = run.clock() + AWAY_MS;
      await stage.until(() => run.clock() >= end, run.clock);
    },
  });
  const portsMissing = countOf(opened.failures, 'EADDRNOTAVAIL') + countOf(opened.failures, 'EADDRINUSE');
  const missing = closed.completed - opened.completed;
  return {
    connections: closed.completed,
    completed: taken,
    timedOut: opened.timedOut,
    // What was tried again and came through in the end is no failure.
    failures: [...closed.failures, ...(missing > 0 ? opened.failures : [])].map((f) => ({
      side: 'client' as const,
      ...f,
    })),
    lost: missing,
    isQuiet: true,
    figures: (moved) => ({
      name: 'reconnect',
      closed: closed.completed,
      reopened: opened.completed,
      closeMs: round(closeMs),
      reconnectMs: round(openMs),
      connectsPerSecond: openMs > 0 ? Math.round((opened.completed / openMs) * 1000) : 0,
      latency,
      timeWait: Math.max(0, timeWait - timeWaitBefore),
      timeWaitSkipped: moved('TcpExt.TCPTimeWaitOverflow'),
      timeWaitReused: moved('TcpExt.TWRecycled'),
      portsMissing,
    }),
  };
}

function countOf(failures: readonly Failure[], errno: string): number {
  return failures.filter((f) => f.errno === errno).reduce((sum, f) => sum + f.count, 0);
}
