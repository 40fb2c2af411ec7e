import { describe, expect, test } from '@jest/globals';
import { apply, confirm, history, revertUnconfirmed, unfinished } from '../../src/write/index.ts';
import { DIRECTORY, memoryWriter, picture } from './memory-writer.ts';
import { SAMPLE, stateFor } from './plans.ts';
import { readerOf } from './reader-of.ts';

const APPLY = { confirm: null, bootId: null };
const CONFIRM = {
  seconds: 300,
  revert: (id: string) => ['/usr/bin/tune', 'rollback', '--if-unconfirmed', id],
  watch: (id: string, seconds: number) => ['/usr/bin/tune', 'watch', id, String(seconds)],
};

describe('--confirm-within', () => {
  const withSystemd = () => stateFor(SAMPLE, { '/run/systemd/system': DIRECTORY });
  const record = () => {
    const calls: string[] = [];
    const programs = (program: string, args: readonly string[]) => {
      calls.push([program, ...args].join(' '));
      return {};
    };
    return { calls, programs };
  };

  test('arms a systemd timer before the first write', () => {
    const state = withSystemd();
    const { calls, programs } = record();
    let armed = false;
    const fault = (operation: string) => {
      if (operation === 'knob') armed = calls.length > 0;
      return null;
    };
    const result = apply(SAMPLE, memoryWriter(state, { programs, fault }), { ...APPLY, confirm: CONFIRM });
    expect(armed).toBe(true);
    expect(calls[0]).toBe(
      'systemd-run --quiet --collect --unit=tune-revert-0001 --on-active=300s --timer-property=AccuracySec=1s -- /usr/bin/tune rollback --if-unconfirmed 0001',
    );
    expect(result).toMatchObject({ confirm: { by: 'systemd-timer', confirmed: false } });
  });

  test('without systemd starts a watcher', () => {
    const state = stateFor(SAMPLE);
    expect(apply(SAMPLE, memoryWriter(state), { ...APPLY, confirm: CONFIRM })).toMatchObject({
      confirm: { by: 'watcher', handle: '777' },
    });
  });

  test('nothing is written when no timer can be had', () => {
    const state = withSystemd();
    const before = picture(state);
    const result = apply(SAMPLE, memoryWriter(state), { ...APPLY, confirm: CONFIRM });
    expect(result).toMatchObject({ outcome: 'undone', failure: { subject: 'systemd-run' } });
    expect(picture(state)).toEqual(before);
  });

  test('confirmed in time: it stays, and the timer is stopped', () => {
    const state = withSystemd();
    const { calls, programs } = record();
    apply(SAMPLE, memoryWriter(state, { programs }), { ...APPLY, confirm: CONFIRM });
    const now = picture(state);
    expect(confirm(memoryWriter(state, { programs }))).toEqual({ outcome: 'confirmed', id: '0001' });
    expect(calls.at(-1)).toBe('systemctl stop tune-revert-0001.timer');
    expect(revertUnconfirmed(memoryWriter(state, { programs }), '0001')).toEqual({
      outcome: 'nothing-to-do',
    });
    expect(picture(state)).toEqual(now);
    expect(confirm(memoryWriter(state))).toEqual({ outcome: 'nothing-to-do' });
  });

  test('not confirmed: everything is put back, and the journal says why', () => {
    const state = withSystemd();
    const before = picture(state);
    const { programs } = record();
    apply(SAMPLE, memoryWriter(state, { programs }), { ...APPLY, confirm: CONFIRM });
    expect(revertUnconfirmed(memoryWriter(state, { programs }), '0001').outcome).toBe('rolled-back');
    expect(picture(state)).toEqual(before);
    expect(history(readerOf(state))).toMatchObject({
      entries: [{ undo: { cause: 'not confirmed in time' } }],
    });
  });

  test('an apply that was never confirmed is reported after its deadline (a reboot ended the timer)', () => {
    const state = stateFor(SAMPLE);
    const now = () => 1_000_000;
    apply(SAMPLE, memoryWriter(state, { now }), { ...APPLY, confirm: CONFIRM });
    expect(unfinished(readerOf(state, 1_000_000 + 299_000))).toBeNull();
    expect(unfinished(readerOf(state, 1_000_000 + 301_000))).toMatchObject({
      entry: { id: '0001' },
      why: 'unconfirmed',
    });
  });
});
