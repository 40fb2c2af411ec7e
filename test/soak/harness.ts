/** Builds the driver once per test file and runs it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { SoakReport } from '../../src/model/soak.ts';
import type { DriverInput } from './driver.ts';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** Inside the project, so that the FFI package is found; `.cache` is ignored by git and by jest. */
const FOLDER = path.join(ROOT, '.cache', 'soak-test');
const RUN_MS = 90_000;

let bundle: string | null = null;

export function driver(): string {
  if (bundle !== null) return bundle;
  bundle = path.join(FOLDER, `driver-${process.pid}.mjs`);
  buildSync({
    entryPoints: [path.join(ROOT, 'test/soak/driver.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return bundle;
}

export function removeDriver(): void {
  if (bundle !== null) fs.rmSync(bundle, { force: true });
  bundle = null;
}

/** Why tests with namespaces cannot run here; null when they can. */
export function whyNoNamespace(): string | null {
  if (process.getuid?.() !== 0) return 'not root';
  const probe = spawnSync('unshare', ['-n', 'true'], { encoding: 'utf8' });
  return probe.status === 0 ? null : `unshare -n: ${probe.stderr || probe.error?.message}`;
}

export interface Outcome {
  readonly status: number | null;
  readonly report: SoakReport | null;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves when a line on stderr matches. */
  line(pattern: RegExp): Promise<string>;
  readonly end: Promise<Outcome>;
}

/** Starts the driver; `wrap` goes before node on the command line: a shell that lowers a limit, for example. */
export function start(input: DriverInput, wrap: readonly string[] = []): Running {
  const command = [...wrap, process.execPath, driver(), JSON.stringify(input)];
  const child = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_MS,
  });
  let stdout = '';
  let stderr = '';
  const watchers: (() => void)[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const watcher of [...watchers]) watcher();
  });
  const end = new Promise<Outcome>((resolve) => {
    child.on('close', (status) => {
      const report = stdout === '' ? null : (JSON.parse(stdout) as SoakReport);
      resolve({ status, report, stderr });
    });
  });
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = stderr.split('\n').find((text) => pattern.test(text));
        if (found !== undefined) resolve(found);
      };
      watchers.push(look);
      look();
      void end.then(() => reject(new Error(`ended before ${pattern}: ${stderr}`)));
    });
  return { child, line, end };
}

/** Runs the driver to its end. */
export function run(input: DriverInput, wrap: readonly string[] = []): Promise<Outcome> {
  return start(input, wrap).end;
}

/** Runs it and requires a report. */
export async function report(input: DriverInput, wrap: readonly string[] = []): Promise<SoakReport> {
  const outcome = await run(input, wrap);
  if (outcome.report === null) throw new Error(`no report, status ${outcome.status}: ${outcome.stderr}`);
  return outcome.report;
}

/** A shell prefix that lowers the nofile limit of what follows. */
export function withNofile(limit: number): readonly string[] {
  return ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'];
}

/** A shell prefix that moves itself into a cgroup (v1 or v2 folder) before it runs what follows. */
export function inCgroup(folder: string): readonly string[] {
  return ['sh', '-c', `echo $$ > ${folder}/cgroup.procs; exec "$@"`, 'sh'];
}

/** Removes a control group, once what was ended in it is gone: until then the kernel says EBUSY. */
export async function removeGroup(folder: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      fs.rmdirSync(folder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || tries === 100) throw error;
      await new Promise((go) => setTimeout(go, 100));
    }
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const scratchName = `tune-soak-test-${process.pid}-${os.uptime().toFixed(0)}`;
