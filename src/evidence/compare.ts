/** Runs with a setting and runs without it → an experiment with its figures and a verdict. Pure. */
import type { EvidenceExperiment, EvidenceFigure } from '../model/evidence.ts';
import { COUNTERS, FIGURES, type FigureKind, HELD } from '../model/figure-kinds.ts';
import type { SoakReport } from '../model/soak.ts';
import type { Experiment, ExperimentRuns } from './experiment.ts';
import { FIRST_PAIRS, median, type Significance, significance } from './significance.ts';
import { judge } from './verdict.ts';

/** Grows when the same runs would be judged otherwise: what an older method said is measured again. */
export const METHOD = 1;

const KINDS: readonly FigureKind[] = [...FIGURES, ...COUNTERS];

/** A lost connection is no matter of chance: two pairs that agree are enough. */
const PAIRS_OF_A_FAILURE = 2;

export function compareRuns(runs: ExperimentRuns, inputs: string): EvidenceExperiment {
  const { experiment } = runs;
  const ends = { with: runs.with.map(endOf), without: runs.without.map(endOf) };
  const figures = KINDS.flatMap((kind) => {
    const figure = figureOf(kind, runs);
    return figure !== null && (figure.isReal || kind.name === HELD) ? [figure] : [];
  });
  return {
    place: experiment.place,
    profile: experiment.profile,
    kernelRelease: runs.kernelRelease,
    workload: experiment.workload,
    connections: experiment.connections,
    about: experiment.about,
    comparison: experiment.comparison,
    withValue: runs.withValue,
    withoutValue: runs.withoutValue,
    also: experiment.also,
    commands: runs.commands,
    ends,
    figures,
    observed: runs.observed,
    inputs,
    ...judge({
      ends,
      figures,
      figure: experiment.figure,
      observed: runs.observed,
      connections: experiment.connections,
      withoutValue: experiment.withoutValue,
      amountsTo: experiment.amountsTo ?? 'needed',
    }),
  };
}

/** Whether another pair could still change what these runs say: the answer of a sequential test. */
export function needsAnotherPair(
  experiment: Experiment,
  withRuns: readonly SoakReport[],
  withoutRuns: readonly SoakReport[],
): boolean {
  const pairs = Math.min(withRuns.length, withoutRuns.length);
  if (pairs < PAIRS_OF_A_FAILURE) return true;
  if (isDecidedByFailure(withRuns, withoutRuns)) return false;
  if (pairs < FIRST_PAIRS) return true;
  const found = KINDS.filter(({ better }) => better !== 'neither').map(
    (kind) => [kind.name, significanceOf(kind, withRuns, withoutRuns)] as const,
  );
  if (found.some(([name, how]) => name === experiment.figure && how === 'real')) return false;
  return found.some(([, how]) => how === 'doubtful');
}

/** All runs of one side passed and all of the other failed. */
export function isDecidedByFailure(
  withRuns: readonly SoakReport[],
  withoutRuns: readonly SoakReport[],
): boolean {
  const passed = (runs: readonly SoakReport[]) => runs.every(({ verdict }) => verdict.state === 'passed');
  const failed = (runs: readonly SoakReport[]) => runs.every(({ verdict }) => verdict.state === 'failed');
  return (passed(withRuns) && failed(withoutRuns)) || (failed(withRuns) && passed(withoutRuns));
}

/** `passed`, or the key that was blamed, or the reason where none was. */
export function endOf({ verdict }: SoakReport): string {
  if (verdict.state === 'passed') return 'passed';
  return `${verdict.state}: ${verdict.blame?.key ?? verdict.reason}`;
}

function significanceOf(
  kind: FigureKind,
  withRuns: readonly SoakReport[],
  withoutRuns: readonly SoakReport[],
): Significance {
  return significance(valuesOf(kind, withRuns), valuesOf(kind, withoutRuns), kind);
}

function figureOf(kind: FigureKind, runs: ExperimentRuns): EvidenceFigure | null {
  const withValues = valuesOf(kind, runs.with);
  const withoutValues = valuesOf(kind, runs.without);
  if (withValues.length === 0 || withoutValues.length === 0) return null;
  const [a, b] = [median(withValues), median(withoutValues)];
  return {
    figure: kind.name,
    unit: kind.unit,
    better: kind.better,
    with: withValues,
    without: withoutValues,
    percent: a === 0 ? null : Math.round((b / a - 1) * 1000) / 10,
    isReal: significance(withValues, withoutValues, kind) === 'real',
  };
}

function valuesOf(kind: FigureKind, runs: readonly SoakReport[]): readonly number[] {
  return runs.map(kind.of).filter((value): value is number => value !== null);
}
