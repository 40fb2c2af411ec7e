/** The walls for a person: the headline, the sorted table with arithmetic, the rates, and what is open or not known. */
import type { Snapshot } from '../model/snapshot.ts';
import { formatGrouped } from '../model/value.ts';
import type { RateWall, Wall, Walls } from '../model/wall.ts';
import { machineLine } from './headline.ts';
import type { Palette } from './palette.ts';
import { hang } from './table.ts';
import { assumptionsText, SCOPES, SIDES, wallHeadline, whyUnknown } from './walls-wording.ts';

export interface WallsReport {
  readonly snapshot: Snapshot;
  readonly walls: Walls;
  /** Null when none was given: then nothing is marked. */
  readonly goal: bigint | null;
  /** The walls below the goal, on the judged side. */
  readonly below: readonly Wall[];
}

export interface WallsOptions {
  readonly width: number;
  readonly palette: Palette;
}

const WIDEST = 120;
const BELOW = '✘';
const INDENT = '    ';

export function renderWalls({ snapshot, walls, goal, below }: WallsReport, options: WallsOptions): string {
  const { palette } = options;
  const width = Math.min(Math.max(options.width, 60), WIDEST);
  const tint = below.length > 0 ? palette.bad : palette.good;
  return [
    ...hang('', wallHeadline(walls), width).map(palette.bold),
    ...verdict(goal, below, width).map(tint),
    ...hang('', machineLine(snapshot), width).map(palette.dim),
    ...hang('', `Assumed: ${assumptionsText(walls.assumptions)}.`, width).map(palette.dim),
    ...section('Connections', walls.connections, width, palette, (wall) => ({
      mark: below.includes(wall) ? BELOW : ' ',
      unit: '',
      note: wall.condition === null ? null : `Met only by ${wall.condition}.`,
    })),
    ...section('Connections per second', walls.rates, width, palette, (wall) => ({
      mark: ' ',
      unit: ` ${wall.event} per second`,
      note: null,
    })),
    ...list(
      'Not a limit here',
      walls.open.map(({ limit, key, why }) => `${limit} (${key}): ${why}`),
      width,
      palette,
    ),
    ...list(
      'Not known',
      walls.unknown.map((wall) => `${wall.limit} (${wall.key}): ${whyUnknown(wall)}`),
      width,
      palette,
    ),
    '',
  ].join('\n');
}

function verdict(goal: bigint | null, below: readonly Wall[], width: number): readonly string[] {
  if (goal === null) return [];
  const text =
    below.length === 0
      ? `No known wall is below ${formatGrouped(goal)}.`
      : `${below.length} ${below.length === 1 ? 'wall is' : 'walls are'} below ${formatGrouped(goal)} (${BELOW}).`;
  return hang('', text, width);
}

interface Extra {
  readonly mark: string;
  readonly unit: string;
  readonly note: string | null;
}

function section<W extends Wall | RateWall>(
  title: string,
  walls: readonly W[],
  width: number,
  palette: Palette,
  extra: (wall: W) => Extra,
): readonly string[] {
  if (walls.length === 0) return [];
  return [
    '',
    palette.bold(title),
    ...walls.flatMap((wall) => {
      const { mark, unit, note } = extra(wall);
      const side = wall.side === 'both' ? '' : `, ${SIDES[wall.side]}`;
      const head = `${formatGrouped(wall.at)}${unit} ${SCOPES[wall.scope]}${side}: ${wall.limit} (${wall.key} = ${wall.current})`;
      return [
        ...hang(`${mark} `, head, width).map((line) => (mark === BELOW ? palette.bad(line) : line)),
        ...hang(INDENT, `${wall.arithmetic}.`, width),
        ...hang(INDENT, wall.why, width).map(palette.dim),
        ...(note === null ? [] : hang(INDENT, note, width).map(palette.dim)),
        ...hang(`${INDENT}→ `, wall.raise, width),
      ];
    }),
  ];
}

function list(title: string, items: readonly string[], width: number, palette: Palette): readonly string[] {
  if (items.length === 0) return [];
  return ['', palette.bold(title), ...items.flatMap((text) => hang('  ', text, width))];
}
