/** The report of `tune trial` for a person. */
import type { Difference, Trial, TrialReport, TrialSubject, UntriedReason } from '../model/trial.ts';
import type { Palette } from './palette.ts';
import { KNOB_OUTCOMES } from './plan.ts';
import { renderSoak } from './soak-human.ts';
import { grouped } from './soak-wording.ts';
import { hang, renderRow } from './table.ts';

const UNTRIED: Readonly<Record<UntriedReason, string>> = {
  'host-wide': 'not tried, since they are the whole host’s',
  'left-out': 'left at the kernel’s default',
  'default-is-fine': 'already as wanted in a new namespace',
  absent: 'not there in a network namespace',
  'not-applicable': 'not applicable here',
};
const ORDER = Object.keys(UNTRIED) as readonly UntriedReason[];

export function renderTrial({ trials, differences }: TrialReport, width: number, palette: Palette): string {
  const columns = Math.min(Math.max(width, 60), 110);
  const sections = trials.map((trial) =>
    [
      palette.bold(`Trial of ${subjectText(trial.subject)}, in a network namespace of its own`),
      ...settingLines(trial, columns),
      '',
      renderSoak(trial.soak, columns, palette).trimEnd(),
      '',
    ].join('\n'),
  );
  return [
    ...sections,
    ...(differences.length === 0 ? [] : [...comparison(trials, differences, palette), '']),
  ].join('\n');
}

export function subjectText({ profile, without, set }: TrialSubject): string {
  const changes = [
    ...without.map((key) => `without ${key}`),
    ...Object.entries(set).map(([key, value]) => `with ${key} = ${value}`),
  ];
  const base = profile ?? 'the kernel’s defaults';
  return changes.length === 0 ? base : `${base} ${changes.join(', ')}`;
}

function settingLines({ tried, untried }: Trial, columns: number): readonly string[] {
  const written = tried.flatMap(({ key, from, to, held, outcome, errno }) => {
    const trouble = outcome === 'stored' ? '' : `: ${KNOB_OUTCOMES[outcome]} (${errno ?? held ?? '?'})`;
    return hang('  set   ', `${key} ${from} → ${to}${trouble}`, columns);
  });
  const left = ORDER.flatMap((why) => {
    const some = untried.filter((one) => one.why === why);
    if (some.length === 0) return [];
    const keys = some.map(({ key, value }) => (value === null ? key : `${key} = ${value}`));
    return hang('  left  ', `${UNTRIED[why]}: ${keys.join(', ')}`, columns);
  });
  return [...written, ...left];
}

const TABLE = [{ width: 38 }, { width: 15 }, { width: 15 }, { width: 9 }] as const;

function comparison(
  trials: readonly Trial[],
  differences: readonly Difference[],
  palette: Palette,
): readonly string[] {
  const [first, second] = trials;
  if (first === undefined || second === undefined) return [];
  const line = (texts: readonly string[], style?: (text: string) => string) =>
    renderRow(
      TABLE,
      texts.map((text) => (style === undefined ? { text } : { text, style })),
    );
  const shown = (n: number | null, unit: string) =>
    n === null ? '?' : `${grouped(n)}${unit === '' || unit === '/s' ? unit : ` ${unit}`}`;
  return [
    ...line(['', subjectText(first.subject), subjectText(second.subject), ''], palette.bold),
    ...differences.flatMap(({ figure, unit, values: [a, b], percent }) =>
      line([
        figure,
        shown(a, unit),
        shown(b, unit),
        percent === null || percent === 0 ? '' : `${percent > 0 ? '+' : ''}${percent}%`,
      ]),
    ),
  ];
}
