/** Where the images come from: apt's own configuration, in both of its formats. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findMirror, parseListFile, parseSourcesFile } from '../../scripts/vm/mirror.mjs';

test('reads one-line entries, with and without options; not comments, not deb-src', () => {
  const text = [
    '# deb http://old.example/debian bookworm main',
    'deb [arch=amd64 signed-by=/k.gpg] http://a.example/debian bookworm main contrib # note',
    'deb-src http://a.example/debian bookworm main',
  ].join('\n');
  expect(parseListFile(text)).toEqual([
    { uris: ['http://a.example/debian'], suites: ['bookworm'], components: ['main', 'contrib'] },
  ]);
});

test('reads deb822 stanzas, comments inside and folded fields included; not disabled ones', () => {
  const text = `Types: deb
# a comment inside the stanza
URIs: http://a.example/debian
Suites: bookworm
 bookworm-updates
Components: main

Types: deb
URIs: http://b.example/debian
Suites: bookworm
Components: main
Enabled: no
`;
  expect(parseSourcesFile(text)).toEqual([
    { uris: ['http://a.example/debian'], suites: ['bookworm', 'bookworm-updates'], components: ['main'] },
  ]);
});

describe('finding the mirror', () => {
  let folder: string;
  const overridden = process.env.TUNE_VM_MIRROR;
  const osRelease = (): string => join(folder, 'os-release');

  beforeEach(() => {
    delete process.env.TUNE_VM_MIRROR;
    folder = mkdtempSync(join(tmpdir(), 'tune-apt-'));
    mkdirSync(join(folder, 'sources.list.d'));
    writeFileSync(osRelease(), 'ID=debian\nVERSION_CODENAME=bookworm\n');
  });
  afterEach(() => {
    if (overridden !== undefined) process.env.TUNE_VM_MIRROR = overridden;
    rmSync(folder, { recursive: true });
  });

  test('takes the archive of this release, not its security archive and not another project', () => {
    const list = [
      'deb http://other.example/apt nodistro main',
      'deb http://security.example/debian-security bookworm-security main',
      'deb http://a.example/debian bookworm main',
    ];
    writeFileSync(join(folder, 'sources.list.d/all.list'), list.join('\n'));
    expect(findMirror(folder, osRelease())).toBe('http://a.example/debian');
  });

  test('says what to do when there is none, or the machine is not Debian', () => {
    expect(() => findMirror(folder, osRelease())).toThrow('set TUNE_VM_MIRROR');
    writeFileSync(join(folder, 'sources.list'), 'deb http://a.example/ubuntu noble main\n');
    writeFileSync(osRelease(), 'ID=ubuntu\nVERSION_CODENAME=noble\n');
    expect(() => findMirror(folder, osRelease())).toThrow('set TUNE_VM_MIRROR');
  });

  test('obeys TUNE_VM_MIRROR', () => {
    process.env.TUNE_VM_MIRROR = 'http://mine.example/debian';
    expect(findMirror(folder, osRelease())).toBe('http://mine.example/debian');
    delete process.env.TUNE_VM_MIRROR;
  });
});
