import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SoakReport } from '../../src/model/soak.ts';
import { AS_NOBODY, isRoot, makePlace, type Place, run, WRITABLE } from './support/places.ts';

let place: Place;
beforeAll(() => {
  place = makePlace();
});
afterAll(() => place.dispose());

const soak = (...args: string[]) => [place.binary, 'soak', '--format', 'json', ...args];

describe('a soak of the executable', () => {
  test('2,000 connections, spread, in a namespace of its own', () => {
    if (!isRoot) return void console.log('skipped: needs root for a network namespace');
    const { code, stdout, stderr } = run(soak('-n', '2000', '--spread', '--namespace'));
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout) as SoakReport;
    expect(report).toMatchObject({
      verdict: { state: 'passed' },
      held: 2000,
      agreement: { own: 2000, agrees: true },
    });
    // The engine must understand the options that its workers are started with.
    expect(stderr).not.toMatch(/flag|option|Warning/);
  });

  test('1,000 connections as nobody', () => {
    if (!isRoot) return void console.log('skipped: needs root to become nobody');
    const { code, stdout, stderr } = run([...AS_NOBODY, ...soak('-n', '1000')]);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ held: 1000, agreement: { agrees: true } });
  });

  test('leaves no file behind', () => {
    const left = WRITABLE.flatMap((folder) =>
      readdirSync(folder).filter((name) => name.startsWith('.tune-')),
    );
    expect(left).toEqual([]);
  });

  test('its processes share the library’s memory: one file, which has no name', async () => {
    const held = await holding();
    const mapped = [held.pid, ...held.workers].map((pid) => libraryOf(pid));
    expect(mapped.length).toBeGreaterThanOrEqual(3);
    expect(mapped[0]).toMatch(/^\S+ \d+ \/.*\(deleted\)$/);
    expect(new Set(mapped).size).toBe(1);
    process.kill(held.pid, 'SIGINT');
    expect((await held.ended).code).toBe(4);
  });

  test('a killed worker is named, and no process stays', async () => {
    const held = await holding();
    const [victim = 0] = held.workers;
    process.kill(victim, 'SIGKILL');
    const { stdout, code } = await held.ended;
    const report = JSON.parse(stdout) as SoakReport;
    expect(JSON.stringify(report.verdict)).toContain('worker');
    expect(JSON.stringify(report)).toContain(`"pid":${victim}`);
    expect([1, 4]).toContain(code);
    expect([held.pid, ...held.workers].filter(isAlive)).toEqual([]);
  });

  test('a killed coordinator leaves no process behind', async () => {
    const held = await holding();
    process.kill(held.pid, 'SIGKILL');
    await held.ended;
    const until = Date.now() + 10_000;
    while (held.workers.some(isAlive) && Date.now() < until)
      await new Promise((done) => setTimeout(done, 50));
    expect(held.workers.filter(isAlive)).toEqual([]);
  });
});

/** A soak that has 400 connections open and waits. */
async function holding() {
  const [file = '', ...args] = soak('-n', '400', '--hold', '600');
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid ?? 0;
  let stdout = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  const ended = new Promise<{ readonly code: number | null; readonly stdout: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout })),
  );
  await new Promise<void>((resolve, reject) => {
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
      if (stderr.includes('holding')) resolve();
    });
    void ended.then(() => reject(new Error(stderr)));
  });
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  return { pid, workers, ended };
}

/** Device, inode and path of the library, as the process has it mapped. */
function libraryOf(pid: number): string | undefined {
  const line = readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .find((entry) => / r-xp .*\(deleted\)$/.test(entry));
  return line?.replace(/^\S+ \S+ \S+ (\S+) +(\d+) +/, '$1 $2 ');
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
