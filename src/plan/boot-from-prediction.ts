/** The view of the next boot that the audit's predictions give. */
import type { BootPrediction } from '../model/finding.ts';
import type { BootOutcome, BootView, Place } from './boot-view.ts';
import { FILE_NAME, splitPath } from './names.ts';

/** @param units the units that the service manager knows; null when that cannot be told */
export function bootViewOf(
  predict: (key: string) => BootPrediction | null,
  units: readonly string[] | null,
): BootView {
  const nrOpen = predict('fs.nr_open')?.value;
  return {
    outcome: (key) => {
      const prediction = predict(key);
      return prediction === null ? null : outcomeOf(prediction);
    },
    nrOpen: nrOpen?.kind === 'integer' ? nrOpen.n : null,
    unitExists: (unit) => units?.includes(unit) ?? null,
  };
}

function outcomeOf({ value, at, losing, manual }: BootPrediction): BootOutcome {
  const byName = losing.filter(({ text }) => !isGlob(text)).map((l) => ({ ...l.at, value: l.value }));
  const atBoot = [...byName, ...(at === null ? [] : [{ ...at, value }])]
    .filter(({ file }) => isReadAfterOurs(file))
    .map((place): Place => ({ ...place, line: place.line ?? 1, loaders: 'both' }));
  // Where the two loaders agree on the winner, it is in the list already.
  const byHand: readonly Place[] =
    manual?.at == null || isReadBeforeOurs(manual.at.file)
      ? []
      : [{ ...manual.at, line: manual.at.line ?? 1, value: manual.value, loaders: 'by-hand' }];
  const winner = at === null ? null : { file: at.file, line: at.line ?? 1 };
  return { value, winner, later: [...atBoot, ...byHand] };
}

function isGlob(text: string): boolean {
  return /[*?[]/.test(text.split('=')[0] ?? '');
}

/** Drop-ins are sorted by name whatever directory they are in; ours among them. */
function isReadAfterOurs(file: string): boolean {
  const { directory, name } = splitPath(file);
  return directory.endsWith('.d') && compareBytes(name, FILE_NAME) > 0;
}

function isReadBeforeOurs(file: string): boolean {
  return splitPath(file).directory.endsWith('.d') && !isReadAfterOurs(file);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
