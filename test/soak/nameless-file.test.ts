import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeNamelessFile } from '../../src/soak/nameless-file.ts';

const O_TMPFILE = 0o20000000;
const bytes = new Uint8Array(3_000_000).map((_, i) => i % 251);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tune-nameless-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As on a file system without O_TMPFILE, which answers with this errno. */
const without = (code: string) =>
  ((path: string, flags: number, mode: number) => {
    if ((flags & O_TMPFILE) !== 0) throw Object.assign(new Error(code), { code });
    return openSync(path, flags, mode);
  }) as typeof openSync;

describe('a file without a name', () => {
  test.each([
    ['with O_TMPFILE', openSync],
    ['without: EOPNOTSUPP', without('EOPNOTSUPP')],
    ['without: EISDIR', without('EISDIR')],
  ])('%s: holds the bytes, is the owner’s alone, and nothing is in the folder', (_, open) => {
    const fd = writeNamelessFile(folder, bytes, open);
    try {
      expect(readdirSync(folder)).toEqual([]);
      const { mode, nlink, size } = fstatSync(fd);
      expect([(mode & 0o777).toString(8), nlink, size]).toEqual(['500', 0, bytes.length]);
      expect(Buffer.compare(readFileSync(`/proc/self/fd/${fd}`), bytes)).toBe(0);
    } finally {
      closeSync(fd);
    }
  });

  test('a folder that is not there, or refuses', () => {
    expect(() => writeNamelessFile(join(folder, 'none'), bytes)).toThrow('ENOENT');
    expect(() => writeNamelessFile('/proc', bytes)).toThrow();
    expect(() => writeNamelessFile(folder, bytes, without('EACCES'))).toThrow('EACCES');
  });
});
