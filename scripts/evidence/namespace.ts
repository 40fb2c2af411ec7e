/**
 * Experiments in network namespaces. Those that share the side with the setting share its runs: a round is one run with,
 * and one without for each, in an order that turns from round to round, so that nobody always goes first.
 */
import {
  ALL_PAIRS,
  type Experiment,
  type ExperimentRuns,
  endOf,
  needsAnotherPair,
} from '../../src/evidence/index.ts';
import { demonstrate } from './demonstration.ts';
import { argumentsOf, commandOf, type Run } from './trial.ts';

/** Ends that say something of the machine at that moment and nothing of a setting. */
const ACCIDENTS = new Set([
  'interrupted',
  'memory-floor',
  'worker-killed',
  'worker-crashed',
  'machine-limit',
]);
const PATIENCE = 2;

interface Hooks {
  readonly run: (args: readonly string[]) => Promise<Run>;
  readonly say: (line: string) => void;
  readonly done: (runs: ExperimentRuns) => void;
}

interface Side {
  readonly args: readonly string[];
  readonly runs: Run[];
  refused: string | null;
}

type Open = Side & { readonly experiment: Experiment };

export async function runInNamespaces(experiments: readonly Experiment[], hooks: Hooks): Promise<void> {
  const groups = new Map<string, Experiment[]>();
  for (const experiment of experiments) {
    const { demonstration } = experiment;
    if (demonstration !== undefined) {
      hooks.done(await demonstrate(experiment, demonstration));
      continue;
    }
    const name = argumentsOf(experiment, 'with').join(' ');
    groups.set(name, [...(groups.get(name) ?? []), experiment]);
  }
  for (const group of groups.values()) await runGroup(group, hooks);
}

async function runGroup(experiments: readonly Experiment[], hooks: Hooks): Promise<void> {
  const [first] = experiments;
  if (first === undefined) return;
  const base: Side = { args: argumentsOf(first, 'with'), runs: [], refused: null };
  let open: readonly Open[] = experiments.map((experiment) => ({
    experiment,
    args: argumentsOf(experiment, 'without'),
    runs: [],
    refused: null,
  }));
  for (let round = 0; open.length > 0; round++) {
    const sides: readonly Side[] = [base, ...open];
    const start = round % sides.length;
    for (const side of [...sides.slice(start), ...sides.slice(0, start)]) {
      try {
        const run = await soundTrial(side.args, hooks);
        hooks.say(`${commandOf(side.args)}: ${endOf(run.soak)}, held ${run.soak.held}`);
        side.runs.push(run);
      } catch (error) {
        side.refused = error instanceof Error ? error.message : String(error);
      }
    }
    open = open.filter((one) => {
      const soaks = (runs: readonly Run[]) => runs.slice(0, one.runs.length).map(({ soak }) => soak);
      const isOver =
        (base.refused ?? one.refused) !== null ||
        one.runs.length >= ALL_PAIRS ||
        !needsAnotherPair(one.experiment, soaks(base.runs), soaks(one.runs));
      if (isOver) hooks.done(resultOf(one, base));
      return !isOver;
    });
  }
}

function resultOf({ experiment, args, runs, refused }: Open, base: Side): ExperimentRuns {
  const value = (all: readonly Run[]) => all[0]?.values[experiment.key] ?? '?';
  const paired = base.runs.slice(0, runs.length);
  const isSame = runs.length > 0 && value(paired) === value(runs);
  return {
    experiment,
    kernelRelease: runs[0]?.soak.kernelRelease ?? '',
    withValue: value(paired),
    withoutValue: value(runs),
    commands: [commandOf(base.args), commandOf(args)],
    with: paired.map(({ soak }) => soak),
    without: runs.map(({ soak }) => soak),
    observed: null,
    refused: base.refused ?? refused ?? (isSame ? `${value(runs)} was in force on both sides` : null),
  };
}

/** @throws when the machine itself stopped it each time. */
async function soundTrial(args: readonly string[], { run, say }: Hooks): Promise<Run> {
  for (let attempt = 0; ; attempt++) {
    const one = await run(args);
    const { verdict } = one.soak;
    if (verdict.state !== 'inconclusive' || !ACCIDENTS.has(verdict.reason)) return one;
    if (attempt >= PATIENCE)
      throw new Error(`the machine, not the setting, ended the soak: ${verdict.reason}`);
    say(`${commandOf(args)}: ${verdict.reason}, once more`);
  }
}
