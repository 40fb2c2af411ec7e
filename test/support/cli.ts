/**
 * Runs the built program as a user does: `node dist/tune.cjs …`, which `npm test` builds first, or the single executable
 * that TUNE_BINARY names (test/executable).
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const { TUNE_BINARY } = process.env;

/** The program and its first arguments, with absolute paths. */
export const TUNE: readonly [string, ...string[]] = TUNE_BINARY
  ? [resolve(TUNE_BINARY)]
  : [process.execPath, resolve('dist/tune.cjs')];

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function tune(args: readonly string[], env: Readonly<Record<string, string>> = {}): CliResult {
  const { PATH } = process.env;
  const [file, ...first] = TUNE;
  const child = spawnSync(file, [...first, ...args], {
    encoding: 'utf8',
    env: { PATH, ...env },
    timeout: 60_000,
    maxBuffer: 64 << 20,
  });
  if (child.error) throw child.error;
  return { code: child.status, stdout: child.stdout, stderr: child.stderr };
}
