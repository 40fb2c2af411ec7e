import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { linuxHost } from '../../src/host/linux.ts';

const host = linuxHost();
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tune-host-'));
  writeFileSync(at('plain'), 'one\ntwo\n');
  writeFileSync(at('empty'), '');
  writeFileSync(at('large'), 'x'.repeat(5000));
  writeFileSync(at('invalid-utf8'), Buffer.from([0x61, 0xff, 0x62]));
  writeFileSync(at('nul'), 'a\0b');
  mkdirSync(at('folder'));
  symlinkSync('plain', at('link'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('loop', at('loop'));
  execFileSync('mkfifo', [at('fifo')]);
  chmodSync(at('plain'), 0o640);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('reading', () => {
  test.each([
    ['plain', { ok: true, value: 'one\ntwo\n' }],
    ['empty', { ok: true, value: '' }],
    ['link', { ok: true, value: 'one\ntwo\n' }],
    ['invalid-utf8', { ok: true, value: 'a\ufffdb' }],
    ['nul', { ok: true, value: 'a\0b' }],
    ['missing', { ok: false, errno: 'ENOENT' }],
    ['dangling', { ok: false, errno: 'ENOENT' }],
    ['loop', { ok: false, errno: 'ELOOP' }],
    ['folder', { ok: false, errno: 'EISDIR' }],
    ['plain/below', { ok: false, errno: 'ENOTDIR' }],
    // A FIFO without a writer would block an ordinary open for ever.
    ['fifo', { ok: false, errno: 'ENOTSUP' }],
  ])('%s', (name, expected) => {
    expect(host.read(at(name))).toEqual(expected);
  });

  test('a device is refused, and a file that is too large', () => {
    expect(host.read('/dev/zero')).toEqual({ ok: false, errno: 'ENOTSUP' });
    expect(host.read(at('large'), 4999)).toEqual({ ok: false, errno: 'EFBIG' });
    expect(host.read(at('large'), 5000)).toEqual({ ok: true, value: 'x'.repeat(5000) });
  });

  test('leading lines stop where they are told, across chunks', () => {
    writeFileSync(
      at('lines'),
      `${'y'.repeat(70000)}\n${Array.from({ length: 9000 }, (_, i) => `${i}`).join('\n')}\n`,
    );
    const lines = host.leadingLines(at('lines'), (line, index) => index === 0 || Number(line) < 7000);
    expect(lines.ok && [lines.value.length, lines.value[0]?.length, lines.value.at(-1)]).toEqual([
      7001,
      70000,
      '6999',
    ]);
    writeFileSync(at('unfinished'), 'a\nb');
    expect(host.leadingLines(at('unfinished'), () => true)).toEqual({ ok: true, value: ['a', 'b'] });
  });
});

test('stat does not follow links, and lists are in byte order', () => {
  expect(host.stat(at('plain'))).toMatchObject({ ok: true, value: { kind: 'file', mode: 0o640, size: 8 } });
  expect(host.stat(at('link'))).toMatchObject({ ok: true, value: { kind: 'symlink' } });
  expect(host.stat(at('fifo'))).toMatchObject({ ok: true, value: { kind: 'other' } });
  expect(host.readlink(at('link'))).toEqual({ ok: true, value: 'plain' });
  expect(host.readlink(at('plain'))).toEqual({ ok: false, errno: 'EINVAL' });
  for (const name of ['B', 'a', '_']) writeFileSync(at(`folder/${name}`), '');
  expect(host.list(at('folder'))).toEqual({ ok: true, value: ['B', '_', 'a'] });
});

test('the page size is what the C library says', () => {
  expect(host.self().pageSize).toBe(Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' })));
});

test('a program that fails is an errno, and only programs that read may run', () => {
  expect(host.run('ss', ['--no-such-option'])).toEqual({ ok: false, errno: 'EIO' });
  const listeners = host.run('ss', ['-Hltun']);
  expect(listeners.ok || listeners.errno === 'ENOENT').toBe(true);
});
