import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from './support/places.ts';

const upstream: string = JSON.parse(readFileSync('package.json', 'utf8')).version;
const [name = ''] = readdirSync('build').filter((file) => /^tune_.*_amd64\.deb$/.test(file));
const deb = join('build', name);

let folder: string;
let tree: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tune-deb-'));
  tree = join(folder, 'tree');
  execFileSync('dpkg-deb', ['-x', deb, tree]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe('the .deb', () => {
  test('is named and described after this version', () => {
    expect(name).toBe(`tune_${upstream}-1_amd64.deb`);
    const fields = execFileSync('dpkg-deb', ['-f', deb, 'Package', 'Version', 'Architecture'], {
      encoding: 'utf8',
    });
    expect(fields).toBe(`Package: tune\nVersion: ${upstream}-1\nArchitecture: amd64\n`);
  });

  test('everything in it belongs to root, and only root may change it', () => {
    const lines = execFileSync('dpkg-deb', ['-c', deb], { encoding: 'utf8' }).trim().split('\n');
    expect(lines.length).toBeGreaterThan(20);
    const wrong = lines.filter((line) => !/^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) root\/root /.test(line));
    expect(wrong).toEqual([]);
    expect(lines.filter((line) => line.startsWith('-rwx')).map((line) => line.split(' ').at(-1))).toEqual([
      './usr/bin/tune',
    ]);
  });

  test('the program in it is build/tune, and works', () => {
    const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
    const program = join(tree, 'usr/bin/tune');
    expect(digest(program)).toBe(digest('build/tune'));
    expect(run([program, '--version']).stdout.trim()).toBe(upstream);
    const audit = run([program, 'audit', '--format', 'json']);
    expect([0, 1]).toContain(audit.code);
    const soak = run([program, 'soak', '-n', '50', '--format', 'json']);
    expect([soak.code, JSON.parse(soak.stdout).held]).toEqual([0, 50]);
  });

  test('the checksums are those of the files', () => {
    const sums = execFileSync('dpkg-deb', ['-I', deb, 'md5sums'], { encoding: 'utf8' });
    const check = spawnSync('md5sum', ['-c', '--quiet', '-'], { input: sums, cwd: tree, encoding: 'utf8' });
    expect([check.status, check.stdout]).toEqual([0, '']);
  });

  test('the manual page is the one in docs, and the licences of all that is inside are there', () => {
    const page = gunzipSync(readFileSync(join(tree, 'usr/share/man/man1/tune.1.gz'))).toString();
    expect(page).toBe(readFileSync('docs/man/tune.1', 'utf8'));
    const copyright = readFileSync(join(tree, 'usr/share/doc/tune/copyright'), 'utf8');
    for (const text of [
      'the tune authors',
      'koffi 3',
      'Node.js contributors',
      'the V8 project authors',
      'zod',
      'yargs',
    ]) {
      expect(copyright).toContain(text);
    }
  });

  test('bash completes commands, options and values from it', () => {
    const completions = join(tree, 'usr/share/bash-completion/completions/tune');
    const complete = (...words: string[]) => {
      const script =
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the braces are the shell's
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tune; printf "%s\\n" "${COMPREPLY[@]}"';
      return execFileSync('bash', ['-c', script, 'bash', completions, 'tune', ...words], { encoding: 'utf8' })
        .trim()
        .split('\n');
    };
    expect(complete('au')).toEqual(['audit']);
    expect(complete('--format', '')).toEqual(['human', 'json']);
    expect(complete('--format', 'json', 'apply', '--confirm')).toEqual(['--confirm-within']);
    expect(complete('profiles', 'sh')).toEqual(['show']);
    expect(complete('explain', 'fs.nr')).toEqual(['fs.nr_open']);
    expect(complete('audit', '--profile', 'c1')).toContain('c1m');
  });

  test('zsh and fish read theirs', () => {
    for (const [shell, file] of [
      ['zsh', 'usr/share/zsh/vendor-completions/_tune'],
      ['fish', 'usr/share/fish/vendor_completions.d/tune.fish'],
    ] as const) {
      if (!has(shell)) {
        console.log(`skipped: ${shell} is not installed`);
        continue;
      }
      expect([shell, run([shell, '-n', join(tree, file)]).stderr]).toEqual([shell, '']);
    }
  });

  test('the package needs no newer library than it says', () => {
    if (!has('objdump')) return void console.log('skipped: needs objdump (package binutils)');
    const said = execFileSync('dpkg-deb', ['-f', deb, 'Depends'], { encoding: 'utf8' });
    expect(said).toContain('libc6 (>= 2.28)');
    const binaries = [
      join(tree, 'usr/bin/tune'),
      'node_modules/@koromix/koffi-linux-x64/linux_x64/koffi.node',
    ];
    const newest = (symbol: string) =>
      binaries
        .flatMap((binary) =>
          execFileSync('objdump', ['-T', binary], { encoding: 'utf8', maxBuffer: 256 << 20 }).split('\n'),
        )
        .flatMap((line) => line.match(new RegExp(`\\(?${symbol}_([0-9.]+)\\)?`))?.[1] ?? [])
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
        .at(-1);
    expect([newest('GLIBC'), newest('GLIBCXX')]).toEqual(['2.28', '3.4.21']);
  });

  test('the same executable gives the same package', () => {
    const make = (file: string) => {
      execFileSync(process.execPath, ['scripts/deb/build.mjs', '--quick', join(folder, file)]);
      return createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex');
    };
    expect(make('second.deb')).toBe(make('first.deb'));
    expect(existsSync(deb)).toBe(true);
  });

  test('lintian has nothing to say that is not explained', () => {
    if (!has('lintian')) return void console.log('skipped: lintian is not installed');
    const { stdout } = run(['lintian', '--display-info', deb]);
    expect(stdout).toBe('');
  });
});
