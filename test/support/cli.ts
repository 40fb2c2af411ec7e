/** Runs the built program as a user does: `node dist/tune.cjs …`. `npm test` builds it first. */
import { spawnSync } from 'node:child_process';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function tune(args: readonly string[], env: Readonly<Record<string, string>> = {}): CliResult {
  const { PATH } = process.env;
  const child = spawnSync(process.execPath, ['dist/tune.cjs', ...args], {
    encoding: 'utf8',
    env: { PATH, ...env },
    timeout: 60_000,
    maxBuffer: 64 << 20,
  });
  if (child.error) throw child.error;
  return { code: child.status, stdout: child.stdout, stderr: child.stderr };
}
