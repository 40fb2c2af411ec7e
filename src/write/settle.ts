/** Undoes one journal's changes and says so in it. */
import type { HostWriter } from '../host/writer.ts';
import type { Journal } from '../model/change.ts';
import { disarmWatch } from './confirm-watch.ts';
import { saveJournal } from './journal.ts';
import { journalPath } from './paths.ts';
import { type UndoReport, undoChanges } from './undo.ts';

export interface SettleOptions {
  readonly cause: string;
  readonly force: boolean;
}

/** After a complete undo the state is `undone`; with leftovers it stays unfinished, and can be tried again. */
export function settle(journal: Journal, writer: HostWriter, { cause, force }: SettleOptions): UndoReport {
  const report = undoChanges(journal, writer, force);
  disarmWatch(journal, writer);
  const complete = report.leftovers.length === 0;
  const at = new Date(writer.now()).toISOString();
  const undo = { at, cause, kept: report.kept, leftovers: report.leftovers };
  const saved = saveJournal(writer, { ...journal, state: complete ? 'undone' : 'undoing', undo });
  if (saved.ok || !complete) return report;
  // Nothing is left to undo, so on a full disk the journal is better gone than claiming an unfinished apply.
  const gone = journal.state === 'started' ? writer.remove(journalPath(journal.id)) : saved;
  if (gone.ok) return report;
  const leftover = { subject: journalPath(journal.id), errno: saved.errno, command: 'tune rollback' };
  return { ...report, leftovers: [leftover] };
}
