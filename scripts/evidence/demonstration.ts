/** What no soak shows, shown by a small program of its own in a network namespace of its own. */
import { execFile } from 'node:child_process';
import { release } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Experiment, ExperimentRuns } from '../../src/evidence/index.ts';

const run = promisify(execFile);

/** As a reader would type it, at the root of the repository. */
const PROGRAM = 'scripts/evidence/reserved-ports.mjs';
const RESERVED = '8080,8443,8888';

interface Result {
  readonly connections: number;
  readonly services: readonly { readonly port: number; readonly errno: string | null }[];
}

export async function demonstrate(experiment: Experiment): Promise<ExperimentRuns> {
  const base = {
    experiment,
    kernelRelease: release(),
    withValue: RESERVED,
    withoutValue: '(none)',
    commands: [`node ${PROGRAM} ${RESERVED}`, `node ${PROGRAM}`] as const,
    with: [],
    without: [],
  };
  try {
    const [held, taken] = [await result([RESERVED]), await result([])];
    return {
      ...base,
      observed: {
        with: sentence(held),
        without: sentence(taken),
        failedWithout: refused(held).length === 0 && refused(taken).length > 0,
      },
      refused: null,
    };
  } catch (error) {
    return { ...base, observed: null, refused: error instanceof Error ? error.message : String(error) };
  }
}

async function result(args: readonly string[]): Promise<Result> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, '../..', PROGRAM), ...args]);
  return JSON.parse(stdout) as Result;
}

function refused({ services }: Result): Result['services'] {
  return services.filter(({ errno }) => errno !== null);
}

function sentence(of: Result): string {
  const failed = refused(of);
  const ports = (some: Result['services']) => some.map(({ port }) => port).join(', ');
  if (failed.length === 0) return `services on ${ports(of.services)} all start`;
  return `services on ${ports(failed)} cannot start (${failed[0]?.errno}): outgoing connections hold their ports`;
}
