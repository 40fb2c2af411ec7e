/**
 * A soak as a program of its own, for tests that need a namespace, a limit or a signal: JSON in argv, JSON out.
 * Bundled by `harness.ts`; the same file is the worker.
 */
import fs from 'node:fs';
import { linuxHost } from '../../src/host/linux.ts';
import type { HostReader } from '../../src/host/reader.ts';
import { InputError } from '../../src/model/error.ts';
import { runSoak } from '../../src/soak/coordinator.ts';
import { type SoakRequest, soakOptions } from '../../src/soak/options.ts';
import { runWorker } from '../../src/soak/worker.ts';

export interface DriverInput {
  readonly request: SoakRequest;
  /** /proc/sys/net keys to write inside the soak's own namespace. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Files that are read as if they held this, for limits that no namespace has. */
  readonly pretend?: Readonly<Record<string, string>>;
  /** The sockets of the soak's own namespace stand for the machine's: what other tests open does not count. */
  readonly isAlone?: boolean;
  /** Shell commands to run there. */
  readonly commands?: readonly string[];
  /** What to do to the first server or client once all workers are ready. */
  readonly signal?: {
    readonly role: 'client' | 'server';
    readonly name: NodeJS.Signals;
    readonly againAfterMs?: number;
  };
  /** Stops the first server or client for a time at the first look at a phase. */
  readonly pause?: {
    readonly phase: string;
    readonly role: 'client' | 'server';
    readonly forMs: number;
  };
  /** Lower this cgroup file to its current use plus so many bytes once all workers are ready. */
  readonly squeeze?: { readonly limit: string; readonly usage: string; readonly spare: number };
  /** Prints one line of progress per sample on stderr. */
  readonly progress?: boolean;
}

const SOCKSTAT = '/proc/net/sockstat';

/** `alloc` is of the whole machine, `inuse` of the namespace. */
function alone(host: HostReader): HostReader {
  return {
    ...host,
    read: (path, maxBytes) => {
      const result = host.read(path, maxBytes);
      if (path !== SOCKSTAT || !result.ok) return result;
      return { ok: true, value: result.value.replace(/(TCP: inuse (\d+) .*alloc )\d+/, '$1$2') };
    },
  };
}

function pretending(host: HostReader, files: Readonly<Record<string, string>>): HostReader {
  return {
    ...host,
    read: (path, maxBytes) => {
      const value = files[path];
      return value === undefined ? host.read(path, maxBytes) : { ok: true, value };
    },
  };
}

async function coordinate(input: DriverInput): Promise<void> {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => abort.abort());
  const { spawnSync } = await import('node:child_process');
  let crew: { readonly clients: readonly number[]; readonly servers: readonly number[] } | null = null;
  let isPaused = false;
  const pause = (phase: string) => {
    if (input.pause === undefined || isPaused || phase !== input.pause.phase) return;
    const pid = (input.pause.role === 'server' ? crew?.servers : crew?.clients)?.[0];
    if (pid === undefined) return;
    isPaused = true;
    process.kill(pid, 'SIGSTOP');
    setTimeout(() => process.kill(pid, 'SIGCONT'), input.pause.forMs);
  };
  const report = await runSoak(soakOptions(input.request), {
    host: pretending(input.isAlone ? alone(linuxHost()) : linuxHost(), input.pretend ?? {}),
    workerCommand: { file: process.execPath, args: [process.argv[1] ?? '', 'worker'] },
    signal: abort.signal,
    onProgress: (progress) => {
      pause(progress.phase);
      if (input.progress) process.stderr.write(`${JSON.stringify(progress)}\n`);
    },
    onNamespace: () => {
      for (const [key, value] of Object.entries(input.sysctls ?? {})) {
        fs.writeFileSync(`/proc/sys/${key.replaceAll('.', '/')}`, value);
      }
      for (const command of input.commands ?? []) {
        const done = spawnSync('sh', ['-ec', command], { encoding: 'utf8' });
        if (done.status !== 0) throw new Error(`${command}: ${done.stderr}`);
      }
    },
    onCrew: (pids) => {
      crew = pids;
      process.stderr.write(`crew ${JSON.stringify(pids)}\n`);
      if (input.squeeze !== undefined) {
        const used = Number(fs.readFileSync(input.squeeze.usage, 'utf8'));
        fs.writeFileSync(input.squeeze.limit, String(used + input.squeeze.spare));
      }
      const pid = (input.signal?.role === 'server' ? pids.servers : pids.clients)[0];
      if (input.signal === undefined || pid === undefined) return;
      process.kill(pid, input.signal.name);
      const { againAfterMs } = input.signal;
      if (againAfterMs !== undefined) setTimeout(() => process.kill(pid, 'SIGCONT'), againAfterMs);
    },
  });
  process.stdout.write(JSON.stringify(report));
}

if (process.argv[2] === 'worker') await runWorker();
else {
  try {
    await coordinate(JSON.parse(process.argv[2] ?? '{}') as DriverInput);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`refused: ${error.message}\n`);
    process.exitCode = 2;
  }
}
