/** What an experiment says about its setting, and what all of them together do, in one line with numbers. Pure. */
import type {
  EvidenceExperiment,
  EvidenceFigure,
  EvidenceVerdict,
  Observation,
  SettingEvidence,
} from '../model/evidence.ts';
import { HELD, LOST } from '../model/figure-kinds.ts';
import type { KeyPlan } from './key-plan.ts';
import { median } from './significance.ts';

interface Material {
  readonly ends: EvidenceExperiment['ends'];
  readonly figures: readonly EvidenceFigure[];
  /** The figure that decides before any other. */
  readonly figure: string | null;
  readonly observed: Observation | null;
  readonly connections: number;
  readonly withoutValue: string | null;
  readonly amountsTo: 'needed' | 'helps';
}

type Judgement = Pick<EvidenceExperiment, 'verdict' | 'reason'>;

export function judge(material: Material): Judgement {
  const { ends, figures, figure, observed, withoutValue } = material;
  const otherwise = withoutValue === null ? 'without it' : `with ${withoutValue} instead,`;
  if (observed !== null) {
    return {
      verdict: observed.failedWithout ? material.amountsTo : 'no-effect',
      reason: `${otherwise} ${observed.without}; with it ${observed.with}`,
    };
  }
  const all = (runs: readonly string[], start: string) =>
    runs.length > 0 && runs.every((end) => end.startsWith(start));
  if (all(ends.with, 'passed') && all(ends.without, 'failed'))
    return { verdict: 'needed', reason: `${otherwise} ${failureText(material)}` };
  if (all(ends.with, 'failed') && all(ends.without, 'passed'))
    return { verdict: 'harmful', reason: `with it the soak fails (${ends.with[0]}), ${otherwise} it passes` };
  const moved = figures.filter((one) => one.isReal && one.better !== 'neither').sort(byChange);
  const decides = moved.find((one) => one.figure === figure) ?? moved[0];
  if (decides === undefined) {
    const runs = ends.with.length;
    return {
      verdict: 'no-effect',
      reason: `${otherwise} nothing moved that ${runs} runs against ${runs} could tell`,
    };
  }
  return {
    verdict: isWorseWithout(decides) ? 'helps' : 'harmful',
    reason: `${otherwise} ${changeText(decides)}`,
  };
}

/** The strongest of its experiments speaks for a setting. */
export function settle(plan: KeyPlan, experiments: readonly EvidenceExperiment[]): SettingEvidence {
  const { key } = plan;
  const order: readonly EvidenceVerdict[] = ['needed', 'harmful', 'helps', 'no-effect'];
  const strongest = [...experiments].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))[0];
  if (strongest === undefined) {
    return { key, verdict: 'not-measured', reason: plan.unmeasured ?? 'not run yet', experiments };
  }
  const where =
    strongest.observed === null
      ? ` (${strongest.workload}, ${grouped(strongest.connections)} connections)`
      : '';
  const isInDoubt = strongest.verdict === 'no-effect' || strongest.verdict === 'harmful';
  const kept = isInDoubt && plan.kept !== undefined ? `; kept: ${plan.kept}` : '';
  const harm = experiments.find((one) => one.verdict === 'harmful' && one !== strongest);
  const but = harm === undefined || isInDoubt ? '' : `; but: ${harm.about}: ${harm.reason}`;
  return {
    key,
    verdict: strongest.verdict,
    reason: `${strongest.reason}${where}${kept}${but}`,
    experiments,
  };
}

function failureText({ ends, figures, connections }: Material): string {
  const held = figures.find(({ figure }) => figure === HELD);
  const lost = figures.find(({ figure }) => figure === LOST);
  const blamed = ends.without[0]?.replace('failed: ', '') ?? '';
  const heldWithout = held === undefined ? connections : median(held.without);
  if (heldWithout < connections)
    return `${grouped(heldWithout)} of ${grouped(connections)} are held (blamed: ${blamed})`;
  if (lost !== undefined) return `${grouped(median(lost.without))} connections are lost (blamed: ${blamed})`;
  return `the soak fails (blamed: ${blamed})`;
}

export function isWorseWithout({ better, with: a, without: b }: EvidenceFigure): boolean {
  return better === 'higher' ? median(b) < median(a) : median(b) > median(a);
}

/** Greatest factor first; from nothing to something is above every factor. */
function byChange(a: EvidenceFigure, b: EvidenceFigure): number {
  return factor(b) - factor(a);
}

function factor({ with: a, without: b }: EvidenceFigure): number {
  const [x, y] = [median(a), median(b)];
  return x <= 0 || y <= 0 ? Number.MAX_VALUE : Math.abs(Math.log(y / x));
}

function changeText(figure: EvidenceFigure): string {
  const { with: a, without: b, unit, percent } = figure;
  const change = percent === null ? '' : ` (${percent > 0 ? '+' : ''}${grouped(percent)}%)`;
  return `${figure.figure}: ${quantity(median(b), unit)} in place of ${quantity(median(a), unit)}${change}`;
}

export function quantity(value: number, unit: string): string {
  const space = unit === '' || unit === '/s' ? '' : ' ';
  return `${grouped(value)}${space}${unit}`;
}

function grouped(value: number): string {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
  return rounded.toLocaleString('en-US');
}
