import { describe, expect, test } from '@jest/globals';
import { memoryHost } from '../../src/host/memory.ts';
import { appliedProfile, apply, history, rollback, unfinished } from '../../src/write/index.ts';
import { fileNode, Killed, type MemoryHostState, memoryWriter, picture } from './memory-writer.ts';
import { planWith, SAMPLE, stateFor } from './plans.ts';
import { readerOf } from './reader-of.ts';

const APPLY = { confirm: null, bootId: null };
const BACK = { to: null, force: false, cause: 'rollback' };

describe('the lock', () => {
  test('a second apply at the same time is refused and names the holder', () => {
    const state = stateFor(SAMPLE);
    state.lockedBy = 'process 99 (tune apply), since yesterday';
    const before = picture(state);
    const result = apply(SAMPLE, memoryWriter(state), APPLY);
    expect(result).toMatchObject({ outcome: 'refused', refusals: [{ code: 'locked' }] });
    expect(JSON.stringify(result)).toContain('process 99 (tune apply)');
    expect(picture(state)).toEqual(before);
  });

  test('so is a rollback', () => {
    const state = stateFor(SAMPLE);
    apply(SAMPLE, memoryWriter(state), APPLY);
    state.lockedBy = 'process 99';
    expect(rollback(memoryWriter(state), BACK)).toMatchObject({ refusals: [{ code: 'locked' }] });
  });
});

describe('an unfinished apply', () => {
  const interrupted = () => {
    const state = stateFor(SAMPLE);
    const fault = (_: string, path: string) => (path === 'net/core/somaxconn' ? 'kill' : null);
    expect(() => apply(SAMPLE, memoryWriter(state, { fault }), APPLY)).toThrow(Killed);
    state.lockedBy = null;
    return state;
  };

  test('is seen through the reading door', () => {
    expect(unfinished(readerOf(interrupted()))).toMatchObject({
      entry: { id: '0001', state: 'started' },
      why: 'interrupted',
      holder: null,
    });
  });

  test('is not called interrupted while its process is there', () => {
    const state = interrupted();
    state.nodes.set('/var/lib/tune/lock', fileNode('process 4242 (tune apply), since now\n'));
    state.nodes.set('/proc/4242/stat', fileNode(''));
    expect(unfinished(readerOf(state))?.holder).toBe('process 4242 (tune apply), since now');
  });

  test('is, when the process of that number is one of another boot', () => {
    const state = interrupted();
    state.nodes.set('/var/lib/tune/lock', fileNode('process 4242 (tune apply), since now\nboot 11-aa\n'));
    state.nodes.set('/proc/4242/stat', fileNode(''));
    state.nodes.set('/proc/sys/kernel/random/boot_id', fileNode('11-aa\n'));
    expect(unfinished(readerOf(state))?.holder).toBe('process 4242 (tune apply), since now');
    state.nodes.set('/proc/sys/kernel/random/boot_id', fileNode('22-bb\n'));
    expect(unfinished(readerOf(state))?.holder).toBeNull();
  });

  test('stops the next apply before it touches anything', () => {
    const state = interrupted();
    const before = picture(state);
    expect(apply(SAMPLE, memoryWriter(state), APPLY)).toMatchObject({
      outcome: 'refused',
      refusals: [{ code: 'unfinished' }],
    });
    expect(picture(state)).toEqual(before);
  });

  test('is resolved by rollback, after which it is not unfinished', () => {
    const state = interrupted();
    rollback(memoryWriter(state), BACK);
    expect(unfinished(readerOf(state))).toBeNull();
    expect(history(readerOf(state))).toMatchObject({ entries: [{ id: '0001', state: 'undone' }] });
  });

  test('a journal that cannot be read stops everything and is named', () => {
    const state = stateFor(SAMPLE);
    apply(SAMPLE, memoryWriter(state), APPLY);
    const path = '/var/lib/tune/journal/0001.json';
    const node = state.nodes.get(path);
    if (node !== undefined) state.nodes.set(path, { ...node, bytes: Buffer.from('{').toString('base64') });
    expect(rollback(memoryWriter(state), BACK)).toMatchObject({
      outcome: 'refused',
      refusals: [{ code: 'unreadable-journal', subject: path }],
    });
    expect(history(readerOf(state))).toMatchObject({ unreadable: [path] });
  });
});

describe('history', () => {
  test('is empty where tune was never applied', () => {
    const host = readerOf(stateFor(SAMPLE));
    expect(history(host)).toMatchObject({ readable: true, entries: [] });
    expect(unfinished(host)).toBeNull();
    expect(appliedProfile(host)).toBeNull();
  });

  test('says what was applied, and what stands', () => {
    const state = stateFor(SAMPLE);
    apply(SAMPLE, memoryWriter(state), APPLY);
    expect(appliedProfile(readerOf(state))).toMatchObject({ name: 'sample', goal: '1000' });
    rollback(memoryWriter(state), BACK);
    expect(appliedProfile(readerOf(state))).toBeNull();
    expect(rollback(memoryWriter(state), BACK)).toEqual({ outcome: 'nothing-to-do' });
  });

  test('rollback to an apply that never was is refused', () => {
    const state = stateFor(SAMPLE);
    apply(SAMPLE, memoryWriter(state), APPLY);
    expect(rollback(memoryWriter(state), { ...BACK, to: '0042' })).toMatchObject({
      refusals: [{ code: 'unknown-apply' }],
    });
  });

  test('is not readable for others than root, which is not an unfinished apply', () => {
    const host = memoryHost({ errors: { '/var/lib/tune/journal': 'EACCES' } });
    expect(history(host)).toEqual({ readable: false, errno: 'EACCES' });
    expect(unfinished(host)).toBeNull();
  });
});

describe('after the files are in place', () => {
  const row = (limit: string) =>
    `Max open files            1024                 ${limit}                files\n`;
  const plan = planWith({ ...SAMPLE, actions: ['systemd-reload', 'session-check'] });

  /** su works until the limits are there, then as `later` says. */
  const programs = (state: MemoryHostState, later: 'opens' | 'refuses') => (program: string) => {
    if (program !== 'su') return {};
    const changed = state.nodes.has('/etc/security/limits.d/zz-tune.conf');
    return changed && later === 'refuses' ? { status: 1 } : { stdout: row(changed ? '2097152' : '524288') };
  };

  test('a login session is opened, and its limits are reported', () => {
    const state = stateFor(plan);
    expect(apply(plan, memoryWriter(state, { programs: programs(state, 'opens') }), APPLY)).toMatchObject({
      outcome: 'applied',
      sessions: [
        { user: 'root', outcome: 'opened', hard: '2097152' },
        { user: 'nobody', outcome: 'opened', hard: '2097152' },
      ],
    });
  });

  test('a session that does not open any more undoes everything', () => {
    const state = stateFor(plan);
    const before = picture(state);
    expect(apply(plan, memoryWriter(state, { programs: programs(state, 'refuses') }), APPLY)).toMatchObject({
      outcome: 'undone',
      failure: { subject: 'root' },
    });
    expect(picture(state)).toEqual(before);
  });

  test('a user who could not log in before is not our doing', () => {
    const state = stateFor(plan);
    const closed = (program: string) => (program === 'su' ? { status: 1 } : {});
    expect(apply(plan, memoryWriter(state, { programs: closed }), APPLY)).toMatchObject({
      outcome: 'applied',
      sessions: [{ outcome: 'unchecked' }, { outcome: 'unchecked' }],
    });
  });

  test('a reload that fails undoes everything; one that fails again is left as a command', () => {
    const state = stateFor(plan);
    const before = picture(state);
    const failing = (program: string) => (program === 'systemctl' ? { status: 1 } : { stdout: row('5') });
    expect(apply(plan, memoryWriter(state, { programs: failing }), APPLY)).toMatchObject({
      outcome: 'stopped',
      leftovers: [{ command: 'systemctl daemon-reload' }],
    });
    expect(picture(state)).toEqual(before);
  });
});
