import { describe, expect, test } from '@jest/globals';
import type { Crew } from '../../src/soak/crew.ts';
import { soakOptions } from '../../src/soak/options.ts';
import type { Run } from '../../src/soak/run.ts';
import type { Halt } from '../../src/soak/verdict.ts';
import { createWaiter } from '../../src/soak/wait.ts';
import { createStage } from '../../src/soak/workloads/stage.ts';

const RAMP_MS = 20_000;
/** 60 s, and the larger of a millisecond for each connection and five times the ramp. */
const MOST_MS = 60_000 + 5 * RAMP_MS;

/** A stage whose clock is told; everything that it waits with is real. */
function stageAt(halt: Halt | null = null, stallMs = 60_000) {
  const at = { now: 0 };
  const run = {
    prepared: { options: { ...soakOptions({ goal: 1000 }), stallMs } },
    phases: [{ phase: 'ramp', startMs: 0, durationMs: RAMP_MS }],
    clock: () => at.now,
    waiter: createWaiter(),
    halt,
  } as unknown as Run;
  return { at, stage: createStage(run, {} as Crew, () => 0, null) };
}

/** Changes with each look. */
const moving = () => performance.now();

describe('how a step of a workload ends', () => {
  test('done, when what it waits for holds', async () => {
    const { stage } = stageAt();
    expect(await stage.until(() => true, moving)).toBe(true);
    expect(stage.end()).toBe('done');
  });

  test('late, when its time is over while it still moves; not before', async () => {
    const { at, stage } = stageAt();
    let looks = 0;
    at.now = MOST_MS;
    const isDone = () => ++looks > 3;
    expect(await stage.until(isDone, moving)).toBe(true);
    at.now = MOST_MS + 1;
    expect(await stage.until(() => false, moving)).toBe(false);
    expect(stage.end()).toBe('late');
  });

  test('stalled, when nothing moved for so long', async () => {
    const { stage } = stageAt(null, -30_000);
    expect(
      await stage.until(
        () => false,
        () => 0,
      ),
    ).toBe(false);
    expect(stage.end()).toBe('stalled');
  });

  test.each([
    ['interrupted', 'halted'],
    ['lost-worker', 'halted'],
    ['memory-floor', 'at-limit'],
  ] as const)('the soak itself ends by %s: %s', async (halt, end) => {
    const { at, stage } = stageAt(halt);
    at.now = MOST_MS + 1;
    expect(await stage.until(() => false, moving)).toBe(false);
    expect(stage.end()).toBe(end);
  });

  test('the first reason stays', async () => {
    const { at, stage } = stageAt();
    stage.finish('at-limit');
    at.now = MOST_MS + 1;
    await stage.until(() => false, moving);
    expect(stage.end()).toBe('at-limit');
  });
});
