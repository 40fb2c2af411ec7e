import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { linuxWriter } from '../../src/host/linux-writer.ts';
import type { HostWriter, PutRequest } from '../../src/host/writer.ts';
import { apply, emit, rollback } from '../../src/write/index.ts';
import { changeOf, LIMITS, MARK, planWith, SYSCTL } from './plans.ts';

let root: string;
let writer: HostWriter;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tune-writer-'));
  chmodSync(root, 0o755);
  writer = await linuxWriter({ root, knobs: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const request = (parts: Partial<PutRequest> = {}): PutRequest => ({
  path: '/file',
  temporary: '/.file.new',
  bytes: Buffer.from('content\n'),
  mode: 0o640,
  uid: writer.uid,
  gid: writer.gid,
  mtime: '1600000000000000000',
  ...parts,
});

describe('put', () => {
  test('leaves exactly what was asked for, and no temporary', () => {
    const old = process.umask(0o077);
    try {
      expect(writer.put(request())).toEqual({ ok: true, value: true });
    } finally {
      process.umask(old);
    }
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('content\n');
    const seen = writer.inspect('/file');
    expect(seen).toMatchObject({ ok: true, value: { mode: 0o640, mtime: '1600000000000000000', links: 1 } });
    expect(readdirSync(root)).toEqual(['file']);
  });

  test('a temporary that is there, or a link planted for it, is not followed', () => {
    writeFileSync(join(root, 'victim'), 'untouched');
    symlinkSync('victim', join(root, '.file.new'));
    expect(writer.put(request())).toEqual({ ok: false, errno: 'EEXIST' });
    expect(readFileSync(join(root, 'victim'), 'utf8')).toBe('untouched');
    expect(existsSync(join(root, 'file'))).toBe(false);
  });

  test('a failure leaves the target and cleans up', () => {
    mkdirSync(join(root, 'file'));
    expect(writer.put(request())).toMatchObject({ ok: false });
    expect(readdirSync(root)).toEqual(['file']);
    expect(writer.put(request({ path: '/no/file', temporary: '/no/.new' }))).toEqual({
      ok: false,
      errno: 'ENOENT',
    });
  });
});

describe('the rest of the door', () => {
  test('a symlink is not read, and not taken for what it points at', () => {
    writeFileSync(join(root, 'real'), 'x');
    symlinkSync('real', join(root, 'link'));
    expect(writer.readFile('/link')).toEqual({ ok: false, errno: 'ELOOP' });
    expect(writer.inspect('/link')).toMatchObject({ value: { kind: 'symlink' } });
  });

  test('directories get their mode whatever the umask, and go only when empty', () => {
    const old = process.umask(0o077);
    try {
      expect(writer.makeDirectory('/d', 0o755).ok).toBe(true);
    } finally {
      process.umask(old);
    }
    expect(lstatSync(join(root, 'd')).mode & 0o7777).toBe(0o755);
    writeFileSync(join(root, 'd/x'), '');
    expect(writer.removeDirectory('/d')).toEqual({ ok: false, errno: 'ENOTEMPTY' });
    expect(writer.remove('/d/x').ok).toBe(true);
    expect(writer.remove('/d/x').ok).toBe(true);
    expect(writer.removeDirectory('/d').ok).toBe(true);
  });

  test('reads a key of the kernel and answers an errno for one that is not there', () => {
    expect(writer.readKnob('net/core/somaxconn')).toMatchObject({ ok: true });
    expect(writer.readKnob('net/core/no_such_key')).toEqual({ ok: false, errno: 'ENOENT' });
    expect(writer.writeKnob('net/core/no_such_key', '1\n')).toMatchObject({ ok: false });
  });

  test('one lock at a time; the loser reads who holds it; release lets the next one in', () => {
    const first = writer.lock('/lock', 'process 1');
    expect(first.ok).toBe(true);
    expect(writer.lock('/lock', 'process 2')).toEqual({ ok: false, errno: 'EAGAIN', holder: 'process 1' });
    if (first.ok) first.release();
    const second = writer.lock('/lock', 'process 2');
    expect(second.ok).toBe(true);
    if (second.ok) second.release();
  });

  test('a detached process leads a session of its own', () => {
    const started = writer.detach(['/bin/sleep', '60']);
    if (!started.ok) throw new Error(started.errno);
    const fields = readFileSync(`/proc/${started.value}/stat`, 'utf8').split(') ')[1]?.split(' ');
    expect(fields?.[3]).toBe(String(started.value));
    process.kill(started.value, 'SIGKILL');
    expect(writer.detach(['/no/such/program'])).toMatchObject({ ok: false });
  });

  test('a program that is not there is an errno, one that fails is a status', () => {
    const missing = writer.run('systemd-run', ['--no-such-option'], 1000);
    expect(missing.ok ? missing.value.status : missing.errno).not.toBe(0);
    expect(writer.run('su', ['--no-such-option'], 5000)).toMatchObject({ ok: true });
  });
});

describe('a whole apply below a root directory', () => {
  const plan = planWith({
    target: 'files',
    files: [changeOf(SYSCTL, null, `${MARK}a = 1\n`), changeOf(LIMITS, null, `${MARK}* hard nofile 5\n`)],
  });
  const OPTIONS = { confirm: null, bootId: null };

  test('and back again leaves nothing but the state', () => {
    expect(apply(plan, writer, OPTIONS).outcome).toBe('applied');
    expect(readFileSync(join(root, SYSCTL), 'utf8')).toBe(`${MARK}a = 1\n`);
    expect(lstatSync(join(root, SYSCTL)).mode & 0o7777).toBe(0o644);
    expect(lstatSync(join(root, 'var/lib/tune')).mode & 0o7777).toBe(0o700);
    expect(rollback(writer, { to: null, force: false, cause: 'rollback' }).outcome).toBe('rolled-back');
    expect(readdirSync(root)).toEqual(['var']);
  });

  test('while another one holds the lock: refused', () => {
    expect(apply(plan, writer, OPTIONS).outcome).toBe('applied');
    const held = writer.lock('/var/lib/tune/lock', 'process 7 (tune apply)');
    expect(rollback(writer, { to: null, force: false, cause: 'x' })).toMatchObject({
      outcome: 'refused',
      refusals: [{ code: 'locked', what: 'Another tune is at work: process 7 (tune apply).' }],
    });
    if (held.ok) held.release();
  });

  test('--emit writes the fragments and no state', () => {
    expect(emit(plan, writer)).toEqual({ written: [SYSCTL, LIMITS], failed: null });
    expect(emit(plan, writer)).toMatchObject({ failed: null });
    expect(readdirSync(root)).toEqual(['etc']);
    expect(readdirSync(join(root, 'etc/sysctl.d'))).toEqual(['zz-tune.conf']);
  });

  test('--emit into a directory that is a link elsewhere is refused', () => {
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync('elsewhere', join(root, 'etc'));
    expect(emit(plan, writer)).toMatchObject({ written: [], failed: { errno: 'ENOTDIR' } });
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
  });
});
