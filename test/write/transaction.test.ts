import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isEmptyPlan } from '../../src/model/plan.ts';
import { formatValue } from '../../src/model/value.ts';
import { apply, rollback } from '../../src/write/index.ts';
import { type Fault, Killed, memoryWriter, picture } from './memory-writer.ts';
import { randomCase, SAMPLE, stateFor } from './plans.ts';

const APPLY = { confirm: null, bootId: null };
const BACK = { to: null, force: false, cause: 'rollback' };
const ERRNOS = ['ENOSPC', 'EROFS', 'EACCES', 'EIO'] as const;

const at =
  (n: number, what: string): Fault =>
  (_operation, _path, count) =>
    count === n ? what : null;

/** How many elementary operations the sample takes when nothing goes wrong. */
function operationsOf(work: 'apply' | 'rollback'): number {
  const state = stateFor(SAMPLE);
  const first = memoryWriter(state);
  expect(apply(SAMPLE, first, APPLY).outcome).toBe('applied');
  if (work === 'apply') return first.operations();
  const second = memoryWriter(state);
  expect(rollback(second, BACK).outcome).toBe('rolled-back');
  return second.operations();
}

function after(plan: typeof SAMPLE): unknown {
  const state = stateFor(plan);
  apply(plan, memoryWriter(state), APPLY);
  return picture(state);
}

describe('apply, then rollback', () => {
  test('is the identity on files, modes, owners, mtimes, directories and live values', () => {
    fc.assert(
      fc.property(randomCase, ({ plan, host }) => {
        const state = host();
        const before = picture(state);
        const result = apply(plan, memoryWriter(state), APPLY);
        expect(result.outcome).toBe(isEmptyPlan(plan) ? 'nothing-to-do' : 'applied');
        for (const { path, after: wanted, shape } of plan.writes) {
          expect(state.knobs.get(path)?.text.replaceAll('\t', ' ')).toBe(formatValue(wanted));
          expect(shape.kind).toBe(wanted.kind);
        }
        rollback(memoryWriter(state), BACK);
        expect(picture(state)).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test('several applies go back one by one, or all at once with --to', () => {
    const state = stateFor(SAMPLE);
    const original = picture(state);
    apply(SAMPLE, memoryWriter(state), APPLY);
    const first = picture(state);
    const more = {
      ...SAMPLE,
      files: [],
      writes: SAMPLE.writes.map((w) => ({
        ...w,
        before: w.after,
        after: w.before,
        wanted: { kind: 'exactly', value: w.before } as const,
      })),
    };
    expect(apply(more, memoryWriter(state), APPLY)).toMatchObject({ outcome: 'applied', id: '0002' });
    rollback(memoryWriter(state), BACK);
    expect(picture(state)).toEqual(first);
    expect(apply(more, memoryWriter(state), APPLY)).toMatchObject({ outcome: 'applied', id: '0003' });
    expect(rollback(memoryWriter(state), { ...BACK, to: '0001' })).toMatchObject({
      outcome: 'rolled-back',
      ids: ['0003', '0001'],
    });
    expect(picture(state)).toEqual(original);
  });

  test('a second apply of the same plan is refused as stale and touches nothing', () => {
    const state = stateFor(SAMPLE);
    apply(SAMPLE, memoryWriter(state), APPLY);
    const before = [...state.nodes];
    const again = apply(SAMPLE, memoryWriter(state), APPLY);
    expect(again).toMatchObject({ outcome: 'refused', refusals: [] });
    expect(again.outcome === 'refused' ? again.stale.map(({ id }) => id) : []).toContain('live:fs.nr_open');
    expect([...state.nodes]).toEqual(before);
  });

  test("an empty plan touches nothing at all, not even tune's own state", () => {
    const state = stateFor(SAMPLE);
    const before = [...state.nodes];
    const writer = memoryWriter(state);
    expect(apply({ ...SAMPLE, writes: [], files: [] }, writer, APPLY)).toEqual({ outcome: 'nothing-to-do' });
    expect([...state.nodes]).toEqual(before);
    expect(writer.operations()).toBe(0);
  });

  test('the clock may go backwards', () => {
    let time = 1_700_000_000_000;
    const now = () => (time -= 86_400_000);
    const state = stateFor(SAMPLE);
    const before = picture(state);
    expect(apply(SAMPLE, memoryWriter(state, { now }), APPLY)).toMatchObject({ id: '0001' });
    rollback(memoryWriter(state, { now }), BACK);
    expect(apply(SAMPLE, memoryWriter(state, { now }), APPLY)).toMatchObject({ id: '0002' });
    rollback(memoryWriter(state, { now }), BACK);
    expect(picture(state)).toEqual(before);
  });
});

describe('killed at every operation', () => {
  const total = operationsOf('apply');

  test.each(Array.from({ length: total }, (_, i) => i + 1))('apply, operation %i', (n) => {
    const state = stateFor(SAMPLE);
    const before = picture(state);
    expect(() => apply(SAMPLE, memoryWriter(state, { fault: at(n, 'kill') }), APPLY)).toThrow(Killed);
    state.lockedBy = null; // the kernel drops the lock of a dead process
    rollback(memoryWriter(state), BACK);
    expect(picture(state)).toEqual(before);
    // And the way is free for another try.
    expect(apply(SAMPLE, memoryWriter(state), APPLY).outcome).toBe('applied');
  });

  test.each(Array.from({ length: operationsOf('rollback') }, (_, i) => i + 1))(
    'rollback, operation %i',
    (n) => {
      const state = stateFor(SAMPLE);
      const before = picture(state);
      apply(SAMPLE, memoryWriter(state), APPLY);
      expect(() => rollback(memoryWriter(state, { fault: at(n, 'kill') }), BACK)).toThrow(Killed);
      state.lockedBy = null;
      rollback(memoryWriter(state), BACK);
      expect(picture(state)).toEqual(before);
    },
  );

  test('random hosts, random operations, twice in a row', () => {
    fc.assert(
      fc.property(randomCase, fc.nat(), fc.nat(), ({ plan, host }, i, j) => {
        fc.pre(!isEmptyPlan(plan));
        const probe = memoryWriter(host());
        apply(plan, probe, APPLY);
        const state = host();
        const before = picture(state);
        const n = (i % probe.operations()) + 1;
        expect(() => apply(plan, memoryWriter(state, { fault: at(n, 'kill') }), APPLY)).toThrow(Killed);
        state.lockedBy = null;
        try {
          rollback(memoryWriter(state, { fault: at((j % 40) + 1, 'kill') }), BACK);
        } catch (error) {
          expect(error).toBeInstanceOf(Killed);
        }
        state.lockedBy = null;
        rollback(memoryWriter(state), BACK);
        expect(picture(state)).toEqual(before);
      }),
      { numRuns: 400 },
    );
  });
});

describe.each(ERRNOS)('%s at every operation', (errno) => {
  const complete = after(SAMPLE);

  test.each(Array.from({ length: operationsOf('apply') }, (_, i) => i + 1))('apply, operation %i', (n) => {
    const state = stateFor(SAMPLE);
    const before = picture(state);
    const result = apply(SAMPLE, memoryWriter(state, { fault: at(n, errno) }), APPLY);
    expect(['refused', 'undone', 'applied']).toContain(result.outcome);
    expect(picture(state)).toEqual(result.outcome === 'applied' ? complete : before);
    expect(state.lockedBy).toBeNull();
    // What failed once does not stand in the way of the next one.
    expect(apply(SAMPLE, memoryWriter(state), APPLY).outcome).toBe(
      result.outcome === 'applied' ? 'refused' : 'applied',
    );
  });

  test.each(Array.from({ length: operationsOf('rollback') }, (_, i) => i + 1))(
    'rollback, operation %i',
    (n) => {
      const state = stateFor(SAMPLE);
      const before = picture(state);
      apply(SAMPLE, memoryWriter(state), APPLY);
      const result = rollback(memoryWriter(state, { fault: at(n, errno) }), BACK);
      if (result.outcome === 'stopped') {
        for (const { command } of result.leftovers) expect(command).not.toBe('');
        rollback(memoryWriter(state), BACK);
      }
      expect(picture(state)).toEqual(before);
    },
  );
});

describe('a disk that stays full', () => {
  const full: Fault = (operation) => (['create', 'write', 'mkdir'].includes(operation) ? 'ENOSPC' : null);

  test('refuses or undoes, and leaves no unfinished journal', () => {
    const state = stateFor(SAMPLE);
    const before = picture(state);
    expect(['refused', 'undone']).toContain(
      apply(SAMPLE, memoryWriter(state, { fault: full }), APPLY).outcome,
    );
    expect(picture(state)).toEqual(before);
    expect(apply(SAMPLE, memoryWriter(state), APPLY).outcome).toBe('applied');
  });

  test('from any operation on: as before, or the commands that do the rest', () => {
    for (let n = 1; n <= operationsOf('apply'); n++) {
      const state = stateFor(SAMPLE);
      const before = picture(state);
      const fault: Fault = (operation, path, count) => (count >= n ? full(operation, path, count) : null);
      const result = apply(SAMPLE, memoryWriter(state, { fault }), APPLY);
      if (result.outcome === 'stopped') {
        expect(result.leftovers.every(({ command }) => command !== '')).toBe(true);
        rollback(memoryWriter(state), BACK);
      }
      if (result.outcome !== 'applied') expect(picture(state)).toEqual(before);
    }
  });
});
