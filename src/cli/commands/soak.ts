/** tune soak: hold real connections, let the kernel count them, and blame one key when it stops short. */
import { writeFileSync } from 'node:fs';
import { InputError } from '../../model/error.ts';
import { renderSoak } from '../../report/soak-human.ts';
import { soakOptions } from '../../soak/options.ts';
import { exitOfVerdict } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { parseFlags, soakFlags } from '../options.ts';
import { freshSeed, milliseconds, soakHere } from '../soaking.ts';

export async function runSoakCommand(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(soakFlags, raw);
  if (flags.spread && flags.strict) throw new InputError('strict and spread exclude each other', '--spread');
  if (flags['message-bytes'] !== null && flags.workload !== 'broadcast') {
    throw new InputError('only the workload broadcast has a message', '--message-bytes');
  }
  const options = soakOptions({
    goal: Number(flags.connections),
    mode: flags.spread ? 'spread' : 'strict',
    namespace: flags.namespace,
    family: flags.ipv6 ? 6 : undefined,
    address: flags.address,
    port: flags.port === null ? undefined : Number(flags.port),
    holdMs: milliseconds(flags.hold),
    sweepEveryMs: milliseconds(flags['sweep-every']),
    workload: flags.workload,
    messageBytes: flags['message-bytes'] === null ? undefined : Number(flags['message-bytes']),
    force: flags.force,
    seed: freshSeed(),
  });
  const output = flags.output === undefined ? null : checkOutput(flags.output);
  const report = await soakHere(options, io);
  if (output !== null) writeFileSync(output, toJsonText(report));
  io.print(flags.format === 'json' ? toJsonText(report) : renderSoak(report, io.width, io.palette));
  return exitOfVerdict(report.verdict.state);
}

/** Found out before the ramp, not after it: a report that cannot be written is a run lost. */
export function checkOutput(path: string): string {
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
