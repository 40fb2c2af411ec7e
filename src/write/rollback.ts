/** `tune rollback`, `tune confirm`, and what the timer runs. */

import type { HostWriter } from '../host/writer.ts';
import type { Journal, Kept } from '../model/change.ts';
import type { ConfirmResult, RollbackResult } from '../model/outcome.ts';
import type { Refusal } from '../model/plan.ts';
import { disarmWatch } from './confirm-watch.ts';
import { refusal } from './guard.ts';
import { loadJournals, saveJournal } from './journal.ts';
import { JOURNALS, journalPath } from './paths.ts';
import { settle } from './settle.ts';
import { lockState } from './state.ts';

export interface RollbackOptions {
  /** Go back to before this apply, undoing all newer ones first; null: before the last one. */
  readonly to: string | null;
  /** Overwrite what someone else changed since. */
  readonly force: boolean;
  readonly cause: string;
}

export function rollback(writer: HostWriter, options: RollbackOptions): RollbackResult {
  return withJournals(writer, 'rollback', (journals) => {
    const standing = journals.filter((journal, i) => {
      // What the last rollback left to somebody else can be forced afterwards.
      const leftOut = options.force && i === journals.length - 1 && (journal.undo?.kept.length ?? 0) > 0;
      return journal.state !== 'undone' || leftOut;
    });
    const { to } = options;
    if (to !== null && !journals.some(({ id }) => id === to)) {
      return { outcome: 'refused', refusals: [unknownId(to)] };
    }
    const newest = standing.at(-1);
    const chosen =
      to === null
        ? newest === undefined
          ? []
          : [newest]
        : standing.filter(({ id }) => Number(id) >= Number(to));
    return undoAll([...chosen].reverse(), writer, options);
  });
}

/** For the timer and the watcher: undoes that one apply unless it was confirmed or undone meanwhile. */
export function revertUnconfirmed(writer: HostWriter, id: string): RollbackResult {
  return withJournals(writer, 'rollback', (journals) => {
    const journal = journals.find((j) => j.id === id);
    if (journal === undefined || journal.state === 'undone' || journal.confirm?.confirmed !== false) {
      return { outcome: 'nothing-to-do' };
    }
    // Later applies stand on this one: they go with it, or their originals would be wrong.
    const chosen = journals.filter((j) => j.state !== 'undone' && Number(j.id) >= Number(id));
    return undoAll([...chosen].reverse(), writer, { force: false, cause: 'not confirmed in time' });
  });
}

/** Keeps the last apply that waits for it. */
export function confirm(writer: HostWriter): ConfirmResult {
  return withJournals<ConfirmResult>(writer, 'confirm', (journals) => {
    const journal = journals.findLast((j) => j.state === 'applied' && j.confirm?.confirmed === false);
    if (journal?.confirm == null) return { outcome: 'nothing-to-do' };
    // First on disk, then the timer: if it fires in between, it finds the confirmation.
    const saved = saveJournal(writer, { ...journal, confirm: { ...journal.confirm, confirmed: true } });
    if (!saved.ok) {
      const what = `The confirmation cannot be saved: ${saved.errno}.`;
      return { outcome: 'refused', refusals: [refusal('cannot-save', journalPath(journal.id), what)] };
    }
    disarmWatch(journal, writer);
    return { outcome: 'confirmed', id: journal.id };
  });
}

function undoAll(
  newestFirst: readonly Journal[],
  writer: HostWriter,
  options: Pick<RollbackOptions, 'force' | 'cause'>,
): RollbackResult {
  const ids: string[] = [];
  const restored: string[] = [];
  const kept: Kept[] = [];
  for (const journal of newestFirst) {
    const { id } = journal;
    // Said before it is done, so that an interrupted rollback is known as one.
    const marked =
      journal.state === 'applied' || journal.state === 'undone'
        ? { ...journal, state: 'undoing' as const }
        : journal;
    const saved = marked === journal ? null : saveJournal(writer, marked);
    if (saved !== null && !saved.ok) {
      const leftovers = [{ subject: journalPath(id), errno: saved.errno, command: 'tune rollback' }];
      return { outcome: 'stopped', id, journal: journalPath(id), restored, kept, leftovers };
    }
    const report = settle(marked, writer, options);
    restored.push(...report.restored);
    kept.push(...report.kept);
    if (report.leftovers.length > 0) {
      const { leftovers } = report;
      return { outcome: 'stopped', id, journal: journalPath(id), restored, kept, leftovers };
    }
    ids.push(id);
  }
  if (ids.length === 0) return { outcome: 'nothing-to-do' };
  return { outcome: 'rolled-back', ids, restored: [...new Set(restored)], kept };
}

function withJournals<T>(
  writer: HostWriter,
  command: string,
  work: (journals: readonly Journal[]) => T,
):
  | T
  | { readonly outcome: 'nothing-to-do' }
  | { readonly outcome: 'refused'; readonly refusals: readonly Refusal[] } {
  const there = writer.inspect(JOURNALS);
  if (!there.ok && there.errno === 'ENOENT') return { outcome: 'nothing-to-do' };
  const lock = lockState(writer, command);
  if (!lock.ok) return { outcome: 'refused', refusals: lock.refusals };
  try {
    const loaded = loadJournals(writer);
    if (!loaded.ok) {
      const what = `The journals cannot be read: ${loaded.errno}.`;
      return { outcome: 'refused', refusals: [refusal('unreadable', JOURNALS, what)] };
    }
    const bad = loaded.value.unreadable[0];
    if (bad !== undefined) {
      const what = `${bad} is not a journal that this version of tune can read.`;
      return { outcome: 'refused', refusals: [refusal('unreadable-journal', bad, what)] };
    }
    return work(loaded.value.journals);
  } finally {
    lock.release();
  }
}

function unknownId(id: string): Refusal {
  return refusal('unknown-apply', id, `There is no apply ${JSON.stringify(id)}.`, 'See `tune history`.');
}
