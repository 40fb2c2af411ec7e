/** What no soak shows, shown by a small program in a network namespace of its own. */
import { execFile } from 'node:child_process';
import { release } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Experiment, ExperimentRuns } from '../../src/evidence/index.ts';
import type { Demonstration } from '../../src/evidence/key-plan.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Shown {
  readonly text: string;
  readonly isFine: boolean;
}

interface Program {
  /** What follows the program's name on the command line, for a value of the key. */
  readonly args: (experiment: Experiment, value: string) => readonly string[];
  /** For a key that the profile sets by what it finds on the host: the value to show it with. */
  readonly example: string | null;
  readonly read: (result: string) => Shown;
}

/** The key's value, and what is set on both sides. */
const assignments = ({ key, also }: Experiment, value: string) =>
  Object.entries({ ...also, [key]: value }).map(([name, text]) => `${name}=${text}`);

const PROGRAMS: Readonly<Record<Demonstration, Program>> = {
  'reserved-ports': {
    args: (_, value) => (value === '' ? [] : [value]),
    example: '8080,8443,8888',
    read: (result) => {
      const { services } = JSON.parse(result) as { services: { port: number; errno: string | null }[] };
      const failed = services.filter(({ errno }) => errno !== null);
      const ports = (some: typeof services) => some.map(({ port }) => port).join(', ');
      if (failed.length === 0)
        return { isFine: true, text: `services on ${ports(services)} start beside the outgoing connections` };
      return {
        isFine: false,
        text: `services on ${ports(failed)} cannot start (${failed[0]?.errno}): outgoing connections have their ports`,
      };
    },
  },
  'syn-flood': {
    args: assignments,
    example: null,
    read: (result) => {
      const { clients, connected } = JSON.parse(result) as { clients: number; connected: number };
      return { isFine: connected === clients, text: `${connected} of ${clients} clients get in` };
    },
  },
  'vanished-peers': {
    args: assignments,
    example: null,
    read: (result) => {
      const { clients, held, seconds } = JSON.parse(result) as {
        clients: number;
        held: number;
        seconds: number;
      };
      const text =
        held === 0
          ? `all ${clients} dead connections are gone after ${seconds} s`
          : `${held} of ${clients} dead connections are held still after ${seconds} s`;
      return { isFine: held === 0, text };
    },
  },
};

export async function demonstrate(experiment: Experiment, name: Demonstration): Promise<ExperimentRuns> {
  const { args, example, read } = PROGRAMS[name];
  const file = `scripts/evidence/${name}.mjs`;
  const values = { with: experiment.withValue ?? example ?? '', without: experiment.withoutValue ?? '' };
  const commandOf = (value: string) => ['node', file, ...args(experiment, value)].join(' ');
  const show = async (value: string) => {
    const words = [join(ROOT, file), ...args(experiment, value)];
    return read((await promisify(execFile)(process.execPath, words)).stdout);
  };
  const base = {
    experiment,
    kernelRelease: release(),
    withValue: values.with,
    withoutValue: values.without === '' ? '(none)' : values.without,
    commands: [commandOf(values.with), commandOf(values.without)] as const,
    with: [],
    without: [],
  };
  try {
    const [held, missing] = [await show(values.with), await show(values.without)];
    const failedWithout = held.isFine && !missing.isFine;
    return {
      ...base,
      observed: { with: held.text, without: missing.text, failedWithout },
      refused: null,
    };
  } catch (error) {
    return { ...base, observed: null, refused: error instanceof Error ? error.message : String(error) };
  }
}
