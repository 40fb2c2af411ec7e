/** However a soak ends, nothing stays: no process, no socket; and where somebody can still write it, a report. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { isAlive, type Running, removeDriver, start, whyNoNamespace } from './harness.ts';

const TIMEOUT_MS = 60_000;
const blocked = whyNoNamespace();
if (blocked !== null) process.stderr.write(`not run: ${blocked}\n`);
const withNamespace = blocked === null ? describe : describe.skip;

afterAll(removeDriver);

interface Crew {
  readonly clients: readonly number[];
  readonly servers: readonly number[];
}

async function crewOf(running: Running): Promise<Crew> {
  return JSON.parse((await running.line(/^crew /)).slice('crew '.length)) as Crew;
}

/** A long hold, so that the signal finds the soak at work; it never lasts that long. */
const HOLDING = {
  request: { goal: 6000, mode: 'spread' as const, namespace: true, holdMs: 600_000, sweepEveryMs: 200 },
  progress: true,
};

async function untilHolding(running: Running): Promise<Crew> {
  const crew = await crewOf(running);
  await running.line(/"phase":"hold"/);
  return crew;
}

async function untilGone(pids: readonly number[]): Promise<void> {
  for (let tries = 0; tries < 500 && pids.some(isAlive); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

withNamespace('cleanup', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s during the hold drains and still reports',
    async (signal) => {
      const running = start(HOLDING);
      const crew = await untilHolding(running);
      running.child.kill(signal);
      const { report } = await running.end;
      expect(report?.verdict).toEqual({ state: 'inconclusive', reason: 'interrupted', blame: null });
      expect(report?.connects).toMatchObject({ attempted: 6000, established: 6000, accepted: 6000 });
      expect(report?.leftover).toEqual({ sockets: 0, timeWait: 0 });
      expect([...crew.clients, ...crew.servers].filter(isAlive)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'an interrupt during the ramp stops it, and the sums still hold',
    async () => {
      const running = start({
        // One connect at a time, so that the ramp lasts until it is stopped.
        request: { goal: 200_000, mode: 'spread', namespace: true, window: 1, parallel: 1 },
        progress: true,
      });
      await running.line(/"phase":"ramp".*"done":[1-9]/);
      running.child.kill('SIGINT');
      const { report } = await running.end;
      const connects = report?.connects;
      expect(report?.verdict).toMatchObject({ state: 'inconclusive', reason: 'interrupted' });
      expect(connects?.established).toBeGreaterThan(0);
      expect(connects?.established).toBeLessThan(200_000);
      expect((connects?.established ?? 0) + (connects?.failed ?? 0) + (connects?.timedOut ?? 0)).toBe(
        connects?.attempted,
      );
      expect(connects?.accepted).toBe(connects?.established);
      expect(report?.agreement.agrees).toBe(true);
      expect(report?.leftover).toEqual({ sockets: 0, timeWait: 0 });
    },
    TIMEOUT_MS,
  );

  test.each(['clients', 'servers'] as const)(
    'kill -9 of one of the %s ends the soak, which names it',
    async (role) => {
      const running = start(HOLDING);
      const crew = await untilHolding(running);
      const victim = crew[role][0] ?? 0;
      process.kill(victim, 'SIGKILL');
      const { report } = await running.end;
      expect(report?.verdict).toEqual({ state: 'inconclusive', reason: 'worker-killed', blame: null });
      expect(report?.lostWorkers).toMatchObject([{ pid: victim, signal: 'SIGKILL' }]);
      expect(report?.leftover).toEqual({ sockets: 0, timeWait: 0 });
      expect([...crew.clients, ...crew.servers].filter(isAlive)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'kill -9 of the coordinator leaves no worker',
    async () => {
      const running = start(HOLDING);
      const crew = await untilHolding(running);
      running.child.kill('SIGKILL');
      await running.end;
      const workers = [...crew.clients, ...crew.servers];
      await untilGone(workers);
      expect(workers.filter(isAlive)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
