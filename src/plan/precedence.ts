/** The name of a file of ours: one that wins, or a refusal that names who would win instead. */

import type { Beaten, Refusal } from '../model/plan.ts';
import { satisfies } from '../model/relation.ts';
import { formatValue } from '../model/value.ts';
import type { Place } from './boot-view.ts';
import type { PlanInput } from './input.ts';
import { FILE_NAME, nameThatBeats, splitPath } from './names.ts';
import type { LineNeed } from './needs.ts';

export interface NameChoice {
  readonly name: string;
  readonly beaten: readonly Beaten[];
  readonly refusals: readonly Refusal[];
}

interface Rival {
  readonly line: LineNeed;
  readonly place: Place;
  /** Its name decides when it is read, so another name can beat it. */
  readonly beatable: boolean;
}

export function chooseName(
  lines: readonly LineNeed[],
  directory: string,
  ours: readonly string[],
  input: PlanInput,
): NameChoice {
  // A name that was needed once is kept, so that a second apply changes nothing.
  const current = ours.map((path) => splitPath(path).name).at(-1) ?? FILE_NAME;
  const rivals = lines.flatMap((line) => rivalsOf(line, directory, ours, input));
  const open = rivals.filter(({ place, beatable }) => !beatable || !beats(current, place));
  if (open.length === 0) return { name: current, beaten: [], refusals: [] };
  if (!input.options.outrank) {
    return { name: current, beaten: [], refusals: open.map((rival) => laterFileWins(rival)) };
  }
  const names = rivals.filter(({ beatable }) => beatable).map(({ place }) => splitPath(place.file).name);
  const chosen = nameThatBeats(names);
  const stuck = open.filter(
    ({ beatable, place }) => (beatable && chosen === null) || (!beatable && place.loaders !== 'by-hand'),
  );
  return {
    name: chosen ?? current,
    beaten: open
      .filter((rival) => !stuck.includes(rival))
      .map(({ line, place, beatable }) => ({
        key: line.key,
        file: place.file,
        line: place.line,
        how: beatable ? 'outranked' : 'wins-by-hand',
      })),
    refusals: stuck.map((rival) => cannotOutrank(rival)),
  };
}

/** Lines read after ours whose last word is not as wanted. What they say does not matter where the last one agrees. */
function rivalsOf(
  line: LineNeed,
  directory: string,
  ours: readonly string[],
  { boot }: PlanInput,
): readonly Rival[] {
  const later = (boot.outcome(line.key)?.later ?? []).filter(({ file }) => !ours.includes(file));
  return (['boot', 'by-hand'] as const).flatMap((loader) => {
    const read = later.filter(({ loaders }) => loaders === loader || loaders === 'both');
    const last = read.at(-1);
    if (last === undefined || (last.value !== null && satisfies(line.wanted, last.value))) return [];
    return (
      read
        // What both read is a rival once, at boot.
        .filter(({ loaders }) => loaders === loader || loader === 'boot')
        .map((place) => ({ line, place, beatable: sameFamily(place.file, directory) }))
    );
  });
}

/** `/usr/lib/sysctl.d/…` and `/etc/sysctl.d/…` are sorted together, by name. */
function sameFamily(file: string, directory: string): boolean {
  return splitPath(splitPath(file).directory).name === splitPath(directory).name;
}

function beats(name: string, { file }: Place): boolean {
  return Buffer.compare(Buffer.from(name), Buffer.from(splitPath(file).name)) > 0;
}

function describe({ place }: Rival): string {
  const says = place.value === null ? 'sets it' : `says ${formatValue(place.value)}`;
  const when = place.loaders === 'by-hand' ? ' whenever `sysctl --system` is run' : '';
  return `${place.file}:${place.line} ${says} and is read after our file${when}`;
}

function laterFileWins(rival: Rival): Refusal {
  return {
    code: 'later-file-wins',
    subject: rival.line.key,
    what: `${describe(rival)}, so ${formatValue(rival.line.value)} would not survive.`,
    arithmetic: [],
    remedy: `Correct that line, or give --outrank${rival.beatable ? ' to use a name that beats it' : ' to accept that'}.`,
  };
}

function cannotOutrank(rival: Rival): Refusal {
  return {
    code: 'cannot-outrank',
    subject: rival.line.key,
    what: `${describe(rival)}, and no file name can beat it.`,
    arithmetic: [],
    remedy: 'Correct that line.',
  };
}
