/** The walls for a person: the headline, the sorted table with arithmetic, the rates, and what is open or not known. */
import { formatGrouped } from '../model/value.ts';
import { isJudged, type RateWall, type Wall } from '../model/wall.ts';
import { machineLine } from './headline.ts';
import type { Palette } from './palette.ts';
import { hang } from './table.ts';
import {
  assumptionsText,
  SCOPES,
  SIDES,
  type WallsReport,
  wallHeadline,
  wallsBelow,
  whyUnknown,
} from './walls-wording.ts';

export interface WallsOptions {
  readonly width: number;
  readonly palette: Palette;
}

const WIDEST = 120;
const MARK = { below: '✘', avoidable: '!', none: ' ' } as const;
type Mark = keyof typeof MARK;
const INDENT = '    ';

export function renderWalls(report: WallsReport, options: WallsOptions): string {
  const { snapshot, walls, goal } = report;
  const { palette } = options;
  const width = Math.min(Math.max(options.width, 60), WIDEST);
  const below = wallsBelow(report);
  const tint = below.length > 0 ? palette.bad : palette.good;
  return [
    ...hang('', wallHeadline(walls), width).map(palette.bold),
    ...verdict(goal, below, width).map(tint),
    ...hang('', machineLine(snapshot), width).map(palette.dim),
    ...hang('', `Assumed: ${assumptionsText(walls.assumptions)}.`, width).map(palette.dim),
    ...section('Connections', walls.connections, width, palette, (wall) => ({
      mark: markOf(wall, report, below),
      unit: '',
      note: wall.condition === null ? null : `Met only by ${wall.condition}.`,
    })),
    ...section('Connections per second', walls.rates, width, palette, (wall) => ({
      mark: 'none',
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
      : `${below.length} ${below.length === 1 ? 'wall is' : 'walls are'} below ${formatGrouped(goal)} (${MARK.below}).`;
  return hang('', text, width);
}

function markOf(wall: Wall, { goal, side }: WallsReport, below: readonly Wall[]): Mark {
  if (below.includes(wall)) return 'below';
  const isAvoidable = wall.condition !== null && isJudged({ ...wall, condition: null }, side);
  return isAvoidable && goal !== null && wall.at < goal ? 'avoidable' : 'none';
}

interface Extra {
  readonly mark: Mark;
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
  const styles: Record<Mark, (text: string) => string> = {
    below: palette.bad,
    avoidable: palette.warn,
    none: (text) => text,
  };
  return [
    '',
    palette.bold(title),
    ...walls.flatMap((wall) => {
      const { mark, unit, note } = extra(wall);
      const side = wall.side === 'both' ? '' : `, ${SIDES[wall.side]}`;
      const head = `${formatGrouped(wall.at)}${unit} ${SCOPES[wall.scope]}${side}: ${wall.limit} (${wall.key} = ${wall.current})`;
      return [
        ...hang(`${MARK[mark]} `, head, width).map(styles[mark]),
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
