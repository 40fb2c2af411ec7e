/** `tune trial` as a child process: the commands of an experiment, and their reports. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type Experiment, valuesInForce } from '../../src/evidence/index.ts';
import type { SoakReport } from '../../src/model/soak.ts';
import type { TrialReport } from '../../src/model/trial.ts';

const TUNE = join(import.meta.dirname, '../../dist/tune.cjs');
const MOST_OUTPUT = 256 << 20;
/** Enough to see what a profile writes in a new namespace. */
const FEW = 10;

export interface Run {
  readonly soak: SoakReport;
  readonly values: Readonly<Record<string, string>>;
}

/** What a reader would type for either side; the runner adds only the format. */
export function argumentsOf(experiment: Experiment, side: 'with' | 'without'): readonly string[] {
  const { key, profile, workload, connections, also, withValue, withoutValue } = experiment;
  const value = side === 'with' ? withValue : withoutValue;
  const set = { ...also, ...(value === null ? {} : { [key]: value }) };
  return [
    ...['trial', '--profile', profile, '--workload', workload, '-n', String(connections)],
    ...Object.entries(set).flatMap(([name, text]) => ['--set', `${name}=${text}`]),
    ...(side === 'without' && withoutValue === null ? ['--without', key] : []),
  ];
}

export function commandOf(args: readonly string[]): string {
  return ['tune', ...args].map((word) => (/^[\w./=,-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}

export async function runTrial(args: readonly string[]): Promise<Run> {
  const report = await trial(args);
  const [first] = report.trials;
  if (first === undefined) throw new Error('a report without a trial');
  return { soak: first.soak, values: valuesInForce(report) };
}

/** @throws with the last line that tune said, when there is no report. */
function trial(args: readonly string[]): Promise<TrialReport> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [TUNE, ...args, '--format', 'json'],
      { maxBuffer: MOST_OUTPUT },
      (error, stdout, stderr) => {
        // A soak that failed ends with an exit code, too: what counts is whether there is a report.
        if (stdout !== '') resolve(JSON.parse(stdout) as TrialReport);
        else reject(new Error(stderr.trim().split('\n').at(-1) || String(error)));
      },
    );
  });
}

export interface Probe {
  readonly goal: number;
  /** The profile that it extends in the end, or itself: what was measured of one of a family holds for all. */
  readonly family: string;
  readonly keys: readonly string[];
  /** Keys that the profile writes in a new namespace: the kernel's own value is not as wanted. */
  readonly written: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string>>;
}

export async function probe(profile: string): Promise<Probe> {
  const shown = (await tuneJson(['profiles', 'show', profile])) as {
    goal: string;
    lineage: readonly string[];
    settings: readonly { key: string }[];
  };
  const report = await trial(['trial', '--profile', profile, '--workload', 'idle', '-n', String(FEW)]);
  return {
    goal: Number(shown.goal),
    family: shown.lineage.at(-1) ?? profile,
    keys: shown.settings.map(({ key }) => key),
    written: new Set(report.trials.flatMap(({ tried }) => tried.map(({ key }) => key))),
    values: valuesInForce(report),
  };
}

function tuneJson(args: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [TUNE, ...args, '--format', 'json'], (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(error);
    });
  });
}
