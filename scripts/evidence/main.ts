/** The evidence: which experiments are due, run at their place, kept and rendered. */
import { readdirSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Experiment,
  type ExperimentRuns,
  experimentsOf,
  feltValues,
  METHOD,
  planOrNone,
} from '../../src/evidence/index.ts';
import { type Book, digestOf, openBook } from './book.ts';
import { runInNamespaces } from './namespace.ts';
import { type Probe, probe, runTrial } from './trial.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Places {
  readonly runInVm: (
    experiments: readonly Experiment[],
    hooks: { say: (line: string) => void },
  ) => Promise<readonly ExperimentRuns[]>;
}

const say = (line: string): void => {
  process.stderr.write(`evidence: ${line}\n`);
};

export async function main(argv: readonly string[], places: Places): Promise<void> {
  const flags = parseFlags(argv);
  const probes = new Map<string, Probe>();
  for (const profile of flags.profiles) probes.set(profile, await probe(profile));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const book = openBook({ folder: join(ROOT, 'docs/evidence'), probes, version, isAgain: flags.isAgain });
  const work: Work = { book, probes, version };

  if (flags.vmResults !== null) {
    const kept = JSON.parse(readFileSync(flags.vmResults, 'utf8')) as readonly ExperimentRuns[];
    for (const runs of kept) keepVmRuns(runs, work);
    shareInFamilies(flags, work);
  } else if (!flags.isRender) {
    const due = plannedAt(flags.place, flags, work).filter(
      ({ key }) => flags.only === null || flags.only.includes(key),
    );
    if (flags.place === 'namespace') await inNamespaces(due, work);
    else await inVm(due, work, places);
  }
  book.write();
  say(`written: ${flags.profiles.map((name) => `docs/evidence/${name}.md`).join(', ')}`);
}

interface Work {
  readonly book: Book;
  readonly probes: ReadonlyMap<string, Probe>;
  readonly version: string;
}

async function inNamespaces(
  experiments: readonly Experiment[],
  { book, probes, version }: Work,
): Promise<void> {
  const due: { readonly experiment: Experiment; readonly inputs: string }[] = [];
  const twins: typeof due = [];
  for (const experiment of experiments) {
    const values = probes.get(experiment.profile);
    if (values === undefined) continue;
    // A demonstration brings about what a new namespace does not have.
    const isBare = experiment.demonstration === undefined && !values.written.has(experiment.key);
    if (experiment.comparison === 'left-out' && isBare) {
      say(`${nameOf(experiment)}: this kernel has it as wanted by itself, nothing to leave out`);
      continue;
    }
    const inputs = inputsOf(experiment, values, version);
    if (book.takeOver(experiment, inputs)) say(`${nameOf(experiment)}: measured already`);
    else (due.some((one) => one.inputs === inputs) ? twins : due).push({ experiment, inputs });
  }
  await runInNamespaces(
    due.map(({ experiment }) => experiment),
    {
      say,
      run: runTrial,
      done: (runs) => {
        const inputs = due.find(({ experiment }) => experiment === runs.experiment)?.inputs;
        if (inputs === undefined) return;
        keep(runs, inputs, book);
        book.write();
      },
    },
  );
  for (const { experiment, inputs } of twins) book.takeOver(experiment, inputs);
}

async function inVm(experiments: readonly Experiment[], work: Work, { runInVm }: Places): Promise<void> {
  const due = experiments.filter((one) => !takeOverVm(one, work));
  if (due.length === 0) return;
  for (const runs of await runInVm(due, { say })) keepVmRuns(runs, work);
}

function keepVmRuns(runs: ExperimentRuns, { book, probes, version }: Work): void {
  const values = probes.get(runs.experiment.profile);
  const isUndecided = [...runs.with, ...runs.without].some(({ verdict }) => verdict.state === 'inconclusive');
  if (isUndecided) {
    say(`${nameOf(runs.experiment)}: not measured: a soak came to nothing`);
    return;
  }
  if (values !== undefined) keep(runs, vmInputsOf(runs.experiment, values, version), book);
}

function takeOverVm(experiment: Experiment, { book, probes, version }: Work): boolean {
  const values = probes.get(experiment.profile);
  return values !== undefined && book.takeOver(experiment, vmInputsOf(experiment, values, version));
}

/** What one profile of a family has shown in a machine holds for the others that plan the same comparison. */
function shareInFamilies(flags: Flags, work: Work): void {
  for (const experiment of plannedAt('vm', flags, work)) takeOverVm(experiment, work);
}

/** Every comparison that the chosen profiles' keys plan for a place. */
function plannedAt(where: Flags['place'], { profiles }: Flags, { probes }: Work): readonly Experiment[] {
  return profiles
    .flatMap((profile) =>
      (probes.get(profile)?.keys ?? []).flatMap((key) => experimentsOf(planOrNone(key), profile)),
    )
    .filter(({ place }) => place === where);
}

function keep(runs: ExperimentRuns, inputs: string, book: Book): void {
  if (runs.refused !== null) {
    // A virtual machine adds all that was on its console.
    say(`${nameOf(runs.experiment)}: not measured: ${runs.refused.split('\n')[0]}`);
    return;
  }
  const { verdict, reason } = book.keep(runs, inputs);
  say(`${nameOf(runs.experiment)}: ${verdict}: ${reason}`);
}

/**
 * Without the profile's name: another profile with the same values need not be measured. A demonstration sets all that it
 * depends on itself.
 */
function inputsOf({ profile: _, ...experiment }: Experiment, { values }: Probe, version: string): string {
  const around = experiment.demonstration === undefined ? feltValues(experiment.workload, values) : {};
  const felt = { ...around, ...experiment.also };
  return digestOf({ experiment, felt, kernel: release(), method: METHOD, version });
}

/**
 * The machine's own values are not known before it has booted. A child's limits are its parent's for another goal, and
 * the comparisons are far below either: so a family shares them.
 */
function vmInputsOf({ profile: _, ...experiment }: Experiment, { family }: Probe, version: string): string {
  return digestOf({ experiment, family, method: METHOD, version });
}

function nameOf({ profile, key, workload, withoutValue }: Experiment): string {
  return `${profile} ${key} (${workload}${withoutValue === null ? '' : `, against ${withoutValue}`})`;
}

interface Flags {
  readonly profiles: readonly string[];
  readonly only: readonly string[] | null;
  readonly place: 'namespace' | 'vm';
  readonly vmResults: string | null;
  readonly isAgain: boolean;
  readonly isRender: boolean;
}

function parseFlags(argv: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      profile: { type: 'string', multiple: true },
      only: { type: 'string', multiple: true },
      place: { type: 'string', default: 'namespace' },
      'vm-results': { type: 'string' },
      again: { type: 'boolean', default: false },
      render: { type: 'boolean', default: false },
    },
  });
  const shipped = readdirSync(join(ROOT, 'profiles'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace('.yaml', ''));
  const stray = values.profile?.find((name) => !shipped.includes(name));
  if (stray !== undefined) throw new Error(`--profile: there is no profile ${stray}`);
  const { place } = values;
  if (place !== 'namespace' && place !== 'vm') throw new Error(`--place: namespace or vm, not ${place}`);
  // c1m first: the others take over what they have in common with it.
  const profiles = ['c1m', ...shipped.filter((name) => name !== 'c1m')];
  return {
    profiles: profiles.filter((name) => values.profile === undefined || values.profile.includes(name)),
    only: values.only ?? null,
    place,
    vmResults: values['vm-results'] ?? null,
    isAgain: values.again,
    isRender: values.render,
  };
}
