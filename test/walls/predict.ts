/** What `tune walls` says in an environment that a test has starved: run as a user does, in that environment. */
import { spawnSync } from 'node:child_process';

export interface Predicted {
  readonly at: number;
  readonly key: string;
  readonly arithmetic: string;
}

interface Document {
  readonly walls: readonly { readonly at: string; readonly key: string; readonly arithmetic: string }[];
  readonly rates: readonly { readonly at: string; readonly key: string; readonly arithmetic: string }[];
}

/** A shell script that runs `$@` at its place: the shell stays the parent, so its limits are the ones judged. */
export function predict(script: string, key: string, wrap: readonly string[] = []): Predicted {
  const command = [...wrap, 'sh', '-ec', script, 'sh', process.execPath, 'dist/tune.cjs'];
  const child = spawnSync(
    command[0] ?? '',
    [...command.slice(1), 'walls', '--loopback', '--busy', '0%', '--format', 'json'],
    {
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  if (child.stdout === '') throw new Error(`no walls: ${child.stderr}`);
  const { walls, rates } = JSON.parse(child.stdout) as Document;
  const found = [...walls, ...rates].find((wall) => wall.key === key);
  if (found === undefined) throw new Error(`no wall for ${key}`);
  return { ...found, at: Number(found.at) };
}

export const IN_NAMESPACE = ['unshare', '-n'] as const;

/** |a − b| as a share of b, which must be a count of something. */
export function apart(a: number, b: number): number {
  if (!(b > 0)) throw new Error(`nothing was measured: ${b}`);
  return Math.abs(a - b) / b;
}
