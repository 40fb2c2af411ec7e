/** tune soak: hold real connections, let the kernel count them, and blame one key when it stops short. */
import { writeFileSync } from 'node:fs';
import { linuxHost } from '../../host/linux.ts';
import { InputError } from '../../model/error.ts';
import type { SoakReport } from '../../model/soak.ts';
import { renderSoak } from '../../report/soak-human.ts';
import { runSoak } from '../../soak/coordinator.ts';
import { soakOptions } from '../../soak/options.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { parseFlags, soakFlags } from '../options.ts';
import { progressLine } from '../progress.ts';
import { workerCommand } from '../worker.ts';

export async function runSoakCommand(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(soakFlags, raw);
  if (flags.spread && flags.strict) throw new InputError('strict and spread exclude each other', '--spread');
  const options = soakOptions({
    goal: Number(flags.connections),
    mode: flags.spread ? 'spread' : 'strict',
    namespace: flags.namespace,
    family: flags.ipv6 ? 6 : undefined,
    address: flags.address,
    port: flags.port === null ? undefined : Number(flags.port),
    holdMs: flags.hold === null ? undefined : Number(flags.hold) * 1000,
    sweepEveryMs: flags['sweep-every'] === null ? undefined : Number(flags['sweep-every']) * 1000,
    force: flags.force,
    // Two soaks in a row must not meet in TIME_WAIT, so each begins at another source address.
    seed: Date.now() & 0x7fffffff,
  });
  const output = flags.output === undefined ? null : checkOutput(flags.output);
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
    const report = await runSoak(options, {
      host: linuxHost(),
      workerCommand: workerCommand(),
      signal: stop.signal,
      onProgress: progress.show,
    });
    progress.end();
    if (output !== null) writeFileSync(output, toJsonText(report));
    io.print(flags.format === 'json' ? toJsonText(report) : renderSoak(report, io.width, io.palette));
    return exitCodeOf(report);
  } finally {
    progress.end();
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function exitCodeOf({ verdict }: SoakReport): number {
  if (verdict.state === 'passed') return EXIT.asWanted;
  return verdict.state === 'failed' ? EXIT.notAsWanted : EXIT.inconclusive;
}

/** Found out before the ramp, not after it: a report that cannot be written is a run lost. */
function checkOutput(path: string): string {
  try {
    writeFileSync(path, '', { flag: 'a' });
    return path;
  } catch (error) {
    throw new InputError(
      `cannot write ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`,
      '--output',
    );
  }
}
