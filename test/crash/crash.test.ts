import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type { Summary } from './support/campaign.ts';

/** `all`, or how many system calls of each run are tried: all that write first, then others by the seed. */
const POINTS = process.env.CRASH_POINTS ?? '150';
const SEED = process.env.CRASH_SEED ?? '1';

/** Says why when it cannot run here. */
function obstacle(): string | null {
  if (process.geteuid?.() !== 0) return 'needs root';
  if (!existsSync('/usr/bin/strace')) return 'needs strace';
  const probe = spawnSync('unshare', ['-n', 'true']);
  return probe.status === 0 ? null : 'needs a network namespace of its own';
}

const reason = obstacle();
if (reason !== null) process.stderr.write(`crash tests are skipped: this machine ${reason}\n`);
const directory = mkdtempSync(join(tmpdir(), 'tune-crash-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

beforeAll(async () => {
  await build({
    entryPoints: { worker: 'test/crash/support/worker.ts', campaign: 'test/crash/support/campaign.ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    logLevel: 'error',
  });
});

function campaign(name: string, points: string): Summary {
  const argv = ['-n', process.execPath, join(directory, 'campaign.cjs'), name, directory, points, SEED];
  const summary: Summary = JSON.parse(
    execFileSync('unshare', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  process.stderr.write(`${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

(reason === null ? describe : describe.skip)('a process that dies', () => {
  test.each(['kill-apply', 'kill-rollback'])('%s: everything is as before, byte for byte', (name) => {
    const { wrong, tried, calls, writing, changed } = campaign(name, POINTS);
    expect(wrong).toEqual([]);
    expect(calls).toBeGreaterThanOrEqual(300);
    expect(tried).toBe(POINTS === 'all' ? calls : Math.min(Number(POINTS), calls));
    expect(changed).toBeGreaterThan(Math.min(tried, writing) / 2);
  });

  test.each(['fail-apply', 'fail-rollback'])('%s: as before or complete, and it says which', (name) => {
    const { wrong, tried } = campaign(name, POINTS === 'all' ? 'all' : '40');
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(40);
  });
});
