/** Prediction and soak in a guest whose limits a test has starved: `tune walls` and `tune soak`, run as a user runs them. */
import { systemMemory } from '../../src/model/machine.ts';
import type { SoakReport } from '../../src/model/soak.ts';
import type { Machine } from './machine.ts';

export interface PredictedWall {
  readonly at: number;
  readonly key: string;
  readonly current: string;
  readonly arithmetic: string;
}

/** Drops root's privileges for good: root is exempt from fs.file-max. */
export const AS_ALICE = 'setpriv --reuid alice --regid alice --init-groups';

const REPORT = '/run/walls-soak.json';
const SOAK_SECONDS = 240;

/** What `tune walls --loopback` says after `setup`, in a shell of its own. */
export async function predictWall(
  machine: Machine,
  key: string,
  { setup = '', wrap = '', busy = '0%' } = {},
): Promise<PredictedWall> {
  // The shell stays the parent: its limits and its control group are the ones judged.
  const command = `${wrap} bash -c 'tune walls --loopback --busy ${busy} --format json; exit 0'`;
  const output = await machine.check(`${setup}\n${command}`);
  const { walls } = JSON.parse(output) as {
    walls: readonly { at: string; key: string; current: string; arithmetic: string }[];
  };
  const found = walls.find((wall) => wall.key === key);
  if (found === undefined) throw new Error(`no wall for ${key}: ${output}`);
  return { ...found, at: Number(found.at) };
}

export interface MemoryWall {
  readonly wall: PredictedWall;
  /** Bytes: all of RAM, and those that the wall counts for each connection, both ends. */
  readonly total: number;
  readonly each: number;
}

/** The wall of RAM, taken apart into its arithmetic. */
export async function memoryWall(machine: Machine): Promise<MemoryWall> {
  const wall = await predictWall(machine, 'RAM');
  const kibibytes = await machine.check("sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo");
  const total = BigInt(kibibytes) * 1024n;
  return { wall, total: Number(total), each: Number(total - systemMemory(total)) / wall.at };
}

/** A soak after `setup`, in a shell of its own; the report, whatever its verdict. */
export async function soakIn(
  machine: Machine,
  flags: string,
  { setup = '', wrap = '' } = {},
): Promise<SoakReport> {
  const command = `${wrap} tune soak ${flags} --format json >${REPORT} 2>${REPORT}.err`;
  const ran = await machine.run(`${setup}\n${command}`, { timeoutSeconds: SOAK_SECONDS });
  const text = (await machine.readFile(REPORT)).toString();
  if (text.startsWith('{')) return JSON.parse(text) as SoakReport;
  const said = (await machine.readFile(`${REPORT}.err`)).toString();
  throw new Error(`no report (exit code ${ran.exitCode}): ${said.slice(-2000)}${ran.output}`);
}

/** Runs `work` with a sysctl set, and puts back what was there. */
export async function withSysctl<T>(
  machine: Machine,
  key: string,
  value: string,
  work: () => Promise<T>,
): Promise<T> {
  const before = await machine.check(`sysctl -n ${key}`);
  await machine.check(`sysctl -qw '${key}=${value}'`);
  try {
    return await work();
  } finally {
    await machine.check(`sysctl -qw '${key}=${before}'`);
  }
}
