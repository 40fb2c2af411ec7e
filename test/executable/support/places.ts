/** Runs the executable where it has little: as another user, from a read-only folder, with nothing to write to. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const BINARY = resolve('build/tune');
export const isRoot = process.getuid?.() === 0;
/** setpriv(1), the words before the program's own. */
export const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

export interface Place {
  /** A folder that everybody may read, with the executable as `tune` in it. */
  readonly folder: string;
  readonly binary: string;
  dispose(): void;
}

export function makePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tune-place-'));
  chmodSync(folder, 0o755);
  const binary = join(folder, 'tune');
  copyFileSync(BINARY, binary);
  chmodSync(binary, 0o755);
  return { folder, binary, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program with exactly this environment, and PATH. */
export function run(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = '/',
): Outcome {
  const [file = '', ...args] = command;
  const child = spawnSync(file, args, {
    encoding: 'utf8',
    cwd,
    env: { PATH: process.env.PATH, ...env },
    timeout: 100_000,
    maxBuffer: 64 << 20,
  });
  if (child.error) throw child.error;
  return { code: child.status, stdout: child.stdout, stderr: child.stderr };
}

/** The folders that may be written on any Linux. */
export const WRITABLE = ['/run', '/dev/shm', '/var/tmp', '/tmp'];

/**
 * Runs a command in a mount namespace of its own, where the place is /mnt, read-only, and the writable folders are
 * empty file systems mounted with `options`. Nothing of the host's own mounts changes. Needs root.
 */
export function runConfined(
  place: Place,
  options: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Outcome {
  const mounts = [
    `mount --bind '${place.folder}' /mnt`,
    'mount -o remount,bind,ro /mnt',
    ...WRITABLE.map((folder) => `mount -t tmpfs -o ${options} none ${folder}`),
  ];
  const script = `set -e; ${mounts.join('; ')}; exec "$@"`;
  return run(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...command], env);
}
