/** Plans, and what became of them, for a person. */
import type { KnobOutcome, Leftover } from '../model/change.ts';
import type { EffectNote, Plan, Refusal, StaleFact } from '../model/plan.ts';
import { formatGrouped, formatValue } from '../model/value.ts';
import type { Palette } from './palette.ts';
import { hang } from './table.ts';
import { EFFECTS } from './wording.ts';

const WIDEST = 110;

function columns(width: number): number {
  return Math.min(Math.max(width, 60), WIDEST);
}

export function renderPlan(plan: Plan, width: number, palette: Palette): string {
  const wide = columns(width);
  const { name, goal } = plan.profile;
  if (plan.writes.length === 0 && plan.files.length === 0) {
    return [
      `Nothing to do: ${name} for ${formatGrouped(goal)} connections is in force, now and after every boot.`,
      ...withheld(plan, wide, palette),
      '',
    ].join('\n');
  }
  return [
    palette.bold(
      `Plan for ${name}, ${formatGrouped(goal)} connections: ${count(plan.writes.length, 'live write')}, ${count(plan.files.length, 'file')}`,
    ),
    ...(plan.writes.length === 0 ? [] : ['', palette.bold('Live, in this order')]),
    ...plan.writes.flatMap((write) => [
      ...hang(
        '  ',
        `${write.key}: ${formatValue(write.before) || '(none)'} → ${formatValue(write.after)}`,
        wide,
      ),
      ...hang('    ', write.reason, wide).map(palette.dim),
    ]),
    ...plan.files.flatMap((file) => [
      '',
      ...file.diff
        .trimEnd()
        .split('\n')
        .map((line) => tint(line, palette)),
    ]),
    ...notes('Besides', plan.effects.map(effectText), wide, palette),
    ...notes(
      'Lines that lose to ours',
      plan.beaten.map(
        (b) =>
          `${b.key}: ${b.file}:${b.line}${b.how === 'wins-by-hand' ? ' wins again when somebody runs sysctl --system' : ''}`,
      ),
      wide,
      palette,
    ),
    ...notes(
      'May be written again after the boot',
      plan.laterWriters.map(({ key, programs }) => `${key}: by ${programs.join(', ')}`),
      wide,
      palette,
    ),
    ...withheld(plan, wide, palette),
    '',
  ].join('\n');
}

function tint(line: string, palette: Palette): string {
  if (line.startsWith('+++') || line.startsWith('---')) return palette.bold(line);
  if (line.startsWith('+')) return palette.good(line);
  if (line.startsWith('-')) return palette.bad(line);
  return line.startsWith('@@') ? palette.dim(line) : line;
}

function withheld(plan: Plan, wide: number, palette: Palette): readonly string[] {
  return notes(
    'Left as it is',
    plan.withheld.map((w) => `${w.what} ${w.remedy}`),
    wide,
    palette,
  );
}

function notes(title: string, texts: readonly string[], wide: number, palette: Palette): readonly string[] {
  return texts.length === 0
    ? []
    : ['', palette.bold(title), ...texts.flatMap((text) => hang('  ', text, wide))];
}

export function effectText({ key, effect, subjects }: EffectNote): string {
  const who = subjects.length === 0 ? '' : ` (${subjects.join(', ')})`;
  return `${key} is felt ${EFFECTS[effect]}${who}.`;
}

export function renderRefusals(
  refusals: readonly Refusal[],
  stale: readonly StaleFact[],
  width: number,
  palette: Palette,
): string {
  const wide = columns(width);
  return [
    palette.bad(palette.bold('Refused: nothing was changed.')),
    ...refusals.flatMap(({ code, what, arithmetic, remedy }) => [
      ...hang('  ', `${what} [${code}]`, wide),
      ...arithmetic.flatMap((sum) => hang('    ', sum, wide).map(palette.dim)),
      ...(remedy === '' ? [] : hang('    → ', remedy, wide)),
    ]),
    ...stale.flatMap(({ id, was, is }) =>
      hang('  ', `${id} was "${was}" when the plan was made, and is "${is}" now.`, wide),
    ),
    ...(stale.length === 0 ? [] : hang('    → ', 'Make the plan again: tune plan.', wide)),
    '',
  ].join('\n');
}

export const KNOB_OUTCOMES: Readonly<Record<KnobOutcome, string>> = {
  stored: 'stored',
  canonicalised: 'stored in the kernel’s own form',
  clamped: 'cut to another value',
  rejected: 'refused',
};

export function leftoverLines(leftovers: readonly Leftover[], width: number): readonly string[] {
  return leftovers.flatMap(({ subject, errno, command }) =>
    hang('  ', `${subject} (${errno}): run ${command}`, columns(width)),
  );
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
