import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AS_NOBODY, isRoot, makePlace, type Place, run, runConfined, WRITABLE } from './support/places.ts';

const ONE_LINE = /^tune: [^\n]+\n$/;
const AUDIT = ['/mnt/tune', 'audit', '--format', 'json'];
const SOAK = ['/mnt/tune', 'soak', '-n', '500', '--format', 'json'];

let place: Place;
beforeAll(() => {
  place = makePlace();
});
afterAll(() => place.dispose());

const withRoot = (name: string, work: () => void) =>
  test(name, () => {
    if (!isRoot) return void console.log(`skipped: ${name}: needs root`);
    work();
  });

describe('the executable where it has little', () => {
  test('with an empty environment: no HOME, no TMPDIR', () => {
    const { code, stdout, stderr } = run(['env', '-i', place.binary, 'audit', '--format', 'json']);
    expect([stderr, [0, 1].includes(code ?? -1)]).toEqual(['', true]);
    expect(JSON.parse(stdout).kind).toBe('tune-audit');
  });

  withRoot('started by name from PATH, by a relative path, and through a link', () => {
    for (const start of ['PATH=$PWD:$PATH tune', './tune', 'ln -sf "$PWD/tune" link; ./link']) {
      const { code, stdout } = run(
        ['sh', '-c', `${start} soak -n 20 --spread --format json`],
        {},
        place.folder,
      );
      expect([start, code, code === 0 && JSON.parse(stdout).held]).toEqual([start, 0, 20]);
    }
  });

  withRoot('from a read-only folder, with nothing else to write to: an audit needs no file', () => {
    for (const who of [[], AS_NOBODY]) {
      const { code, stdout, stderr } = runConfined(place, 'ro', [...who, ...AUDIT]);
      expect([stderr, [0, 1].includes(code ?? -1)]).toEqual(['', true]);
      expect(JSON.parse(stdout).machine.uid).toBe(who.length === 0 ? 0 : 65534);
    }
  });

  withRoot('a soak then says which folders would not do, and why, in one line', () => {
    const refused = (reason: string) => WRITABLE.map((folder) => `${folder} (${reason})`);
    for (const [options, reason] of [
      ['noexec', 'noexec'],
      ['ro', 'EROFS'],
    ] as const) {
      const { code, stdout, stderr } = runConfined(place, options, SOAK);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(ONE_LINE);
      for (const text of [...refused(reason), '/mnt (EROFS)']) expect(stderr).toContain(text);
    }
  });

  withRoot('a soak as nobody, with no folder of its own: refused; with one: it runs', () => {
    const lone = runConfined(place, 'mode=755', [...AS_NOBODY, ...SOAK]);
    expect([lone.code, lone.stdout]).toEqual([2, '']);
    expect(lone.stderr).toMatch(ONE_LINE);
    expect(lone.stderr).toContain('/tmp (EACCES)');
    const own = ['sh', '-c', 'install -d -o 65534 -m 700 /run/own; exec "$@"', 'sh'];
    for (const name of ['XDG_RUNTIME_DIR', 'HOME', 'TMPDIR']) {
      const { code, stderr, stdout } = runConfined(place, 'mode=755', [...own, ...AS_NOBODY, ...SOAK], {
        [name]: '/run/own',
      });
      expect([name, code, code === 0 ? '' : stderr]).toEqual([name, 0, '']);
      expect(JSON.parse(stdout).held).toBe(500);
    }
  });

  withRoot('root does not take a folder that the environment names', () => {
    const own = ['sh', '-c', 'mount -t tmpfs none /media; exec "$@"', 'sh'];
    const { code, stderr } = runConfined(place, 'noexec', [...own, ...SOAK], {
      XDG_RUNTIME_DIR: '/media',
      TMPDIR: '/media',
      HOME: '/media',
    });
    expect(code).toBe(2);
    expect(stderr).not.toContain('/media');
  });

  withRoot('where all that is usual is noexec, its own folder will do', () => {
    const writable = ['sh', '-c', 'mount -o remount,bind,rw /mnt; exec "$@"', 'sh'];
    const { code, stderr } = runConfined(place, 'noexec', [...writable, ...SOAK]);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(readdirSync(place.folder).filter((name) => name.startsWith('.tune-'))).toEqual([]);
  });
});
