/** A profile's trial on this machine: its per-namespace values in a network namespace, its workload, and a memory group. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import type { Profile } from '../../src/model/profile.ts';
import type { TrialReport } from '../../src/model/trial.ts';
import { ofTrial } from './distil.ts';
import { makeMemoryGroup } from './memory-group.ts';
import type { Package } from './package.ts';
import { type Finished, machineOf, type Run } from './place.ts';

/** Start, sweeps, hold and end, and a tenth of the rate that a machine of two processors has. */
const BASE_SECONDS = 600;
const SECONDS_PER_CONNECTION = 1 / 1000;

export async function proveHere(
  profile: Profile,
  connections: number,
  tune: Package,
  run: Run,
): Promise<Finished> {
  const command = [
    'trial',
    '--profile',
    profile.name,
    '--connections',
    String(connections),
    '--format',
    'json',
  ];
  const group = makeMemoryGroup();
  try {
    run.say(`memory group of ${Math.floor(group.limit / 2 ** 20)} MiB`);
    const seconds = BASE_SECONDS + connections * SECONDS_PER_CONNECTION;
    const { exitCode, stdout } = await spawned([...group.prefix, tune.program, ...command], seconds);
    run.keep(stdout);
    const machine = machineOf({
      kernel: release(),
      osRelease: readFileSync('/etc/os-release', 'utf8'),
      cpus: availableParallelism(),
      meminfo: readFileSync('/proc/meminfo', 'utf8'),
      emulated: false,
    });
    if (!stdout.startsWith('{')) {
      const why = `tune trial ended with exit code ${exitCode} and no report`;
      return { machine, verdict: { state: 'inconclusive', why }, survival: null, soak: null };
    }
    return { machine, ...ofTrial(JSON.parse(stdout) as TrialReport) };
  } finally {
    await group.remove();
  }
}

/** A run that takes too long is told to stop, and still reports. */
function spawned([file = '', ...args]: readonly string[], seconds: number) {
  return new Promise<{ readonly exitCode: number | null; readonly stdout: string }>((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: seconds * 1000 });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout }));
  });
}
