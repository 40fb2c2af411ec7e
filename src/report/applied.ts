/** What apply, rollback and confirm did, for a person. */
import type { HistoryEntry, Unfinished } from '../model/outcome.ts';
import type { Palette } from './palette.ts';
import { hang } from './table.ts';

const STATES = {
  started: 'interrupted while writing',
  applied: 'applied',
  undoing: 'interrupted while undoing',
  undone: 'undone',
} as const;

export function renderHistory(
  entries: readonly HistoryEntry[],
  unreadable: readonly string[],
  width: number,
  palette: Palette,
): string {
  if (entries.length === 0 && unreadable.length === 0) return 'Nothing was ever applied here.\n';
  return [
    ...[...entries]
      .reverse()
      .flatMap((entry) => [
        `${palette.bold(entry.id)}  ${entry.startedAt}  ${entry.profile.name}, ${entry.profile.goal} connections: ${STATES[entry.state]}${pendingText(entry)}`,
        ...hang('      ', [...entry.files, ...entry.keys].join(', ') || 'nothing', width).map(palette.dim),
        ...(entry.undo === null
          ? []
          : hang('      ', `${entry.undo.at}: ${entry.undo.cause}`, width).map(palette.dim)),
      ]),
    ...unreadable.flatMap((path) =>
      hang('! ', `${path} cannot be read by this version`, width).map(palette.warn),
    ),
    '',
  ].join('\n');
}

function pendingText({ confirm, state }: HistoryEntry): string {
  if (state !== 'applied' || confirm === null || confirm.confirmed) return '';
  return `, to be confirmed until ${confirm.deadline}`;
}

/** One line for every command, on stderr; null when all is well. */
export function unfinishedText({ entry, why, holder }: Unfinished): string | null {
  if (holder !== null) return null;
  return why === 'interrupted'
    ? `apply ${entry.id} of ${entry.startedAt} was interrupted: "tune rollback" puts back what was there before it`
    : `apply ${entry.id} was not confirmed in time and nothing reverted it: "tune rollback" does, "tune confirm" keeps it`;
}
