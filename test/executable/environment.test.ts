/** Root runs this program: what the environment says must not make it load or write anything. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BINARY, run } from './support/places.ts';

const LIBRARY = 'node_modules/@koromix/koffi-linux-x64/linux_x64/koffi.node';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tune-environment-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const version = (env: Readonly<Record<string, string>>) => run([BINARY, '--version'], env);

describe('the environment', () => {
  test('V8 takes the compiled form that was built in', () => {
    expect(run([BINARY, '--version', '--debug']).stderr).toBe('');
  });

  test('NODE_OPTIONS loads nothing, though a plain Node would', () => {
    const script = join(folder, 'planted.cjs');
    const trace = join(folder, 'trace');
    writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`);
    const env = { NODE_OPTIONS: `--require ${script}` };
    expect(version(env)).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(trace)).toBe(false);
    run([process.execPath, '-e', '0'], env);
    expect(existsSync(trace)).toBe(true);
  });

  test('OPENSSL_CONF is not even opened', () => {
    // Whoever opens a FIFO that nobody writes to waits for ever.
    const fifo = join(folder, 'openssl.cnf');
    execFileSync('mkfifo', [fifo]);
    const start = (command: readonly string[]) =>
      spawnSync(command[0] ?? '', command.slice(1), {
        env: { PATH: process.env.PATH, OPENSSL_CONF: fifo },
        timeout: 3000,
      }).signal;
    expect(start([BINARY, '--version'])).toBeNull();
    expect(start([process.execPath, '-e', "require('node:crypto').randomBytes(1)"])).toBe('SIGTERM');
  });

  test('NODE_V8_COVERAGE and NODE_COMPILE_CACHE write no file', () => {
    const coverage = join(folder, 'coverage');
    const cache = join(folder, 'cache');
    expect(version({ NODE_V8_COVERAGE: coverage, NODE_COMPILE_CACHE: cache }).code).toBe(0);
    expect(existsSync(coverage)).toBe(false);
    // Node makes the folder before any code of ours runs, and puts nothing in it.
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
    expect(files).toEqual([]);
  });

  test('Node’s own options are words like any other', () => {
    const { code, stderr } = run([BINARY, '--eval', 'process.exit(0)']);
    expect([code, stderr.startsWith('tune: ')]).toEqual([2, true]);
    expect(run([BINARY, '--node-options=--version']).code).toBe(2);
  });
});

test('a worker does not load a library that is not its own, byte for byte', async () => {
  const planted = join(folder, 'planted.node');
  copyFileSync(LIBRARY, planted);
  const bytes = readFileSync(planted);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  writeFileSync(planted, bytes);
  const mapped = async (path: string) => {
    const fd = openSync(path, 'r');
    const child = spawn(BINARY, ['soak-worker'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'ignore', fd],
    });
    closeSync(fd);
    try {
      const until = Date.now() + 10_000;
      for (;;) {
        const maps = readFileSync(`/proc/${child.pid}/maps`, 'utf8');
        const code = maps
          .split('\n')
          .filter((line) => / r-xp .*(\(deleted\)|koffi\.node|planted\.node)$/.test(line));
        if (code.length > 0)
          return code.map((line) => line.replace(/^.* (?=\/)/, '').replace(/#?\d{3,}/, 'N'));
        if (Date.now() > until) throw new Error('the worker loaded no library');
        await new Promise((done) => setTimeout(done, 20));
      }
    } finally {
      child.kill('SIGKILL');
    }
  };
  expect((await mapped(planted)).join()).toMatch(/\(deleted\)$/);
  // The library itself is taken, so the test above is about the one byte.
  expect((await mapped(LIBRARY)).join()).toMatch(/koffi\.node$/);
});
