import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isFfiEmbedded, libraryStdio, loadFromFirst } from '../../src/soak/embedded-ffi.ts';

const bytes = new Uint8Array([1, 2, 3]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tune-ffi-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the library of the FFI, from a file without a name', () => {
  test('outside a single executable there is none, and workers get no descriptor', () => {
    expect(isFfiEmbedded()).toBe(false);
    expect(libraryStdio()).toEqual([]);
  });

  test('every folder is tried in turn, and the error says why each would not do', () => {
    const missing = join(folder, 'none');
    const refuse = () => {
      throw Object.assign(new Error('/proc/self/fd/9: failed to map segment from shared object'), {
        code: 'ERR_DLOPEN_FAILED',
      });
    };
    expect(() => loadFromFirst([missing, folder], bytes, refuse)).toThrow(
      `it needs a folder that can be written and is not mounted noexec; tried ${missing} (ENOENT), ${folder} (noexec)`,
    );
    expect(libraryStdio()).toEqual([]);
  });

  test('what is not a library is refused by the loader, in one line', () => {
    expect(() => loadFromFirst([folder], bytes)).toThrow(/^it needs a folder [^\n]*tried [^\n]*\([^\n]+\)$/);
  });

  test('the first that takes it wins, and its descriptor goes to the workers', () => {
    const seen: number[] = [];
    const library = loadFromFirst([join(folder, 'none'), folder, '/nowhere'], bytes, (fd) => {
      seen.push(...readFileSync(`/proc/self/fd/${fd}`));
      return 'loaded';
    });
    expect([library, seen]).toEqual(['loaded', [1, 2, 3]]);
    expect(libraryStdio()).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
