import { describe, expect, test } from '@jest/globals';
import { integer, word } from '../../src/model/value.ts';
import { apply, rollback } from '../../src/write/index.ts';
import { DIRECTORY, fileNode, memoryWriter, type Node, picture } from './memory-writer.ts';
import { changeOf, LIMITS, MARK, planWith, SAMPLE, SYSCTL, stateFor, writeOf } from './plans.ts';

const APPLY = { confirm: null, bootId: null };
const BACK = { to: null, force: false, cause: 'rollback' };
const LINK: Node = { ...fileNode('/etc/shadow'), kind: 'symlink' };
const FILE = planWith({ files: [changeOf(SYSCTL, null, `${MARK}a = 1\n`)] });

/** Refused with this code, and not one byte changed, tune's own state included. */
function refusedFor(plan: typeof FILE, extra: Readonly<Record<string, Node>> = {}, uid = 0) {
  const state = stateFor(plan, extra);
  const before = [...state.nodes];
  const writer = memoryWriter(state, { uid });
  const result = apply(plan, writer, APPLY);
  expect([...state.nodes]).toEqual(before);
  expect(writer.operations()).toBe(0);
  return result.outcome === 'refused' ? result.refusals.map(({ code }) => code) : [result.outcome];
}

describe('traps at our targets', () => {
  test.each<[string, Readonly<Record<string, Node>>, string]>([
    ['a symlink at the target', { [SYSCTL]: LINK }, 'not-a-file'],
    ['a hard link at the target', { [SYSCTL]: fileNode(MARK, { links: 2 }) }, 'hard-link'],
    ['a directory at the target', { [SYSCTL]: DIRECTORY }, 'not-a-file'],
    ['a symlink for the directory', { '/etc/sysctl.d': LINK }, 'not-a-directory'],
    ['a symlink further up', { '/etc': LINK }, 'not-a-directory'],
    [
      'a directory that others can write',
      { '/etc/sysctl.d': { ...DIRECTORY, mode: 0o777 } },
      'writable-by-others',
    ],
    ['a directory of somebody else', { '/etc/sysctl.d': { ...DIRECTORY, uid: 1000 } }, 'foreign-owner'],
    [
      'a group that can write',
      { '/etc/sysctl.d': { ...DIRECTORY, mode: 0o775, gid: 7 } },
      'writable-by-others',
    ],
    [
      'a state directory that others can write',
      { '/var/lib/tune': { ...DIRECTORY, mode: 0o1777 } },
      'writable-by-others',
    ],
    ['a state directory of somebody else', { '/var/lib/tune': { ...DIRECTORY, uid: 1000 } }, 'foreign-owner'],
    ['a symlink for the state', { '/var/lib/tune': LINK }, 'not-a-directory'],
  ])('%s', (_, extra, code) => {
    expect(refusedFor(FILE, extra)).toContain(code);
  });
});

describe('hostile plans', () => {
  test.each([
    '/etc/passwd',
    '/etc/sysctl.d/../passwd.conf',
    '/etc/sysctl.d/sub/x.conf',
    '/etc/sysctl.d/.hidden.conf',
    '/etc/sysctl.d/x',
    '/etc/systemd/system/../../x.service.d/zz.conf',
    '/etc/systemd/system/a.service.d/../b.conf',
    'etc/sysctl.d/x.conf',
    '/etc/sysctl.d/x\n.conf',
    '/usr/lib/sysctl.d/x.conf',
  ])('the path %j', (path) => {
    expect(refusedFor(planWith({ files: [changeOf(path, null, MARK)] }))).toContain('bad-path');
  });

  test.each([
    '../../etc/passwd',
    'net/../../etc/passwd',
    'net..core',
    'net.core.somaxconn\n',
    'dev.x',
    '',
    'net',
  ])('the key %j', (key) => {
    const plan = planWith({ writes: [writeOf(key, integer(1), integer(2))] });
    expect(refusedFor(plan)).toContain('bad-key');
  });

  test('a path that is not the key', () => {
    const write = writeOf('net.core.somaxconn', integer(1), integer(2));
    expect(refusedFor(planWith({ writes: [{ ...write, path: 'kernel/core_pattern' }] }))).toContain(
      'bad-key',
    );
  });

  test.each(['bbr\nkernel.core_pattern=|/bin/sh', 'a\0b', '', ' x', 'x\t', 'é'])('the value %j', (text) => {
    const plan = planWith({
      writes: [writeOf('net.ipv4.tcp_congestion_control', word('cubic'), word(text))],
    });
    expect(refusedFor(plan)).toContain('bad-value');
  });

  test('content without our mark, over nothing or over a file of others', () => {
    expect(refusedFor(planWith({ files: [changeOf(SYSCTL, null, 'a = 1\n')] }))).toContain('not-ours');
    expect(refusedFor(planWith({ files: [changeOf(SYSCTL, 'a = 1\n', MARK)] }))).toContain('not-ours');
  });

  test.each([
    ['/etc', '/etc/sysctl.d'],
    ['/var', '/var/lib'],
    ['a key', '/proc/sys/net/core/somaxconn'],
  ])('%s is read-only: refused before the first write', (_, path) => {
    const plan = planWith({ ...FILE, writes: [writeOf('net.core.somaxconn', integer(1), integer(2))] });
    const state = stateFor(plan);
    const writer = memoryWriter(state, { readOnly: (at) => (at === path ? 'EROFS' : null) });
    expect(apply(plan, writer, APPLY)).toMatchObject({ refusals: [{ code: 'read-only' }] });
    expect(writer.operations()).toBe(0);
  });

  test('somebody who is not root', () => {
    expect(refusedFor(FILE, {}, 1000)).toEqual(['not-root']);
  });
});

describe('what is left on the disk', () => {
  test('files are 0644 of root, the state is 0700 and the journal 0600', () => {
    const state = stateFor(SAMPLE);
    apply(SAMPLE, memoryWriter(state), APPLY);
    expect(state.nodes.get(LIMITS)).toMatchObject({ mode: 0o644, uid: 0, gid: 0 });
    expect(state.nodes.get('/var/lib/tune')).toMatchObject({ mode: 0o700 });
    expect(state.nodes.get('/var/lib/tune/journal')).toMatchObject({ mode: 0o700 });
    expect(state.nodes.get('/var/lib/tune/journal/0001.json')).toMatchObject({ mode: 0o600 });
    expect([...state.nodes.keys()].filter((path) => /\.tune-|\.new$/.test(path))).toEqual([]);
  });
});

describe('somebody else was here since', () => {
  test('a file they edited, replaced by a link, or made unreadable to us is kept and named', () => {
    for (const theirs of [fileNode('theirs\n'), LINK, fileNode(`${MARK}a = 1\n`, { mode: 0o600 })]) {
      const state = stateFor(FILE);
      apply(FILE, memoryWriter(state), APPLY);
      state.nodes.set(SYSCTL, theirs);
      const now = picture(state);
      expect(rollback(memoryWriter(state), BACK)).toMatchObject({
        outcome: 'rolled-back',
        kept: [{ subject: SYSCTL, wouldBe: 'absent' }],
      });
      expect(picture(state)).toEqual(now);
    }
  });

  test('--force takes it away, and never what a link points at', () => {
    const state = stateFor(FILE, { '/etc/shadow': fileNode('secret') });
    const before = picture(state);
    apply(FILE, memoryWriter(state), APPLY);
    state.nodes.set(SYSCTL, LINK);
    rollback(memoryWriter(state), { ...BACK, force: true });
    expect(picture(state)).toEqual(before);
  });

  test('a directory of ours that holds their file stays', () => {
    const state = stateFor(SAMPLE);
    apply(SAMPLE, memoryWriter(state), APPLY);
    state.nodes.set('/etc/systemd/system.conf.d/theirs.conf', fileNode('x'));
    expect(rollback(memoryWriter(state), BACK)).toMatchObject({ outcome: 'rolled-back', kept: [] });
    expect(state.nodes.has('/etc/systemd/system.conf.d/theirs.conf')).toBe(true);
  });
});
