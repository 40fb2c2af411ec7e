/** What every command that soaks shares: progress on stderr, and a Ctrl-C that drains and still reports. */
import { linuxHost } from '../host/linux.ts';
import type { SoakOptions, SoakReport } from '../model/soak.ts';
import { runSoak, type SoakHooks } from '../soak/coordinator.ts';
import type { Io } from './io.ts';
import { progressLine } from './progress.ts';
import { workerCommand } from './worker.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A seed for `SoakOptions`: two soaks in a row must not meet in TIME_WAIT, so each begins at another source address. */
export function freshSeed(): number {
  return Date.now() & 0x7fffffff;
}

/** Seconds as a flag gives them, in milliseconds; undefined where it was not given. */
export function milliseconds(seconds: bigint | null): number | undefined {
  return seconds === null ? undefined : Number(seconds) * 1000;
}

export async function soakHere(
  options: SoakOptions,
  io: Io,
  hooks: Pick<SoakHooks, 'onNamespace'> = {},
): Promise<SoakReport> {
  const stop = new AbortController();
  const progress = progressLine(process.stderr);
  const interrupt = () => {
    if (stop.signal.aborted) return;
    progress.end();
    io.complain('tune: stopping: draining the connections, the report follows\n');
    stop.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await runSoak(options, {
      ...hooks,
      host: linuxHost(),
      workerCommand: workerCommand(),
      signal: stop.signal,
      onProgress: progress.show,
    });
  } finally {
    progress.end();
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}
