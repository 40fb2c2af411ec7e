/** Two soaks side by side: the figures that a setting can move. Pure. */
import { FIGURES, type FigureKind } from '../model/figure-kinds.ts';
import type { SoakReport } from '../model/soak.ts';
import type { Difference } from '../model/trial.ts';

/** What one pair of runs may tell, and no number of them proves. */
const BESIDES: readonly Pick<FigureKind, 'name' | 'unit' | 'of'>[] = [
  { name: 'connect, longest', unit: 'µs', of: (r) => r.latency.connect.max },
  { name: 'source addresses needed', unit: '', of: (r) => r.plan.sources.count },
];

/** Counters whose very movement is news; others move with the work. */
const TROUBLE = /Drop|Overflow|Abort|Fail|Timeouts|Retrans|Pressure|SyncookiesSent|ReqQFull|Prune|Collaps/;

/** Figures of a workload are there when either soak had it. */
export function compareSoaks(first: SoakReport, second: SoakReport): readonly Difference[] {
  const figures = [...FIGURES, ...BESIDES]
    .map(({ name, unit, of }) => difference(name, unit, of(first), of(second)))
    .filter(({ values: [a, b] }) => a !== null || b !== null);
  const names = [...new Set([first, second].flatMap(({ counters }) => Object.keys(counters)))];
  const counters = names
    .filter((name) => TROUBLE.test(name))
    .sort()
    .map((name) => difference(name, '', first.counters[name] ?? 0, second.counters[name] ?? 0))
    .filter(({ values: [a, b] }) => a !== b);
  return [...figures, ...counters];
}

function difference(figure: string, unit: string, a: number | null, b: number | null): Difference {
  const percent = a === null || b === null || a === 0 ? null : Math.round((b / a - 1) * 1000) / 10;
  return { figure, unit, values: [a, b], percent };
}
