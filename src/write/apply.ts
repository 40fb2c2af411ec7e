/**
 * The transaction: originals, journal, live writes, files, checks, journal again. Whatever fails on the way, what was
 * there before is put back; whatever kills it, the journal knows how.
 */

import type { HostWriter } from '../host/writer.ts';
import type { Journal } from '../model/change.ts';
import { JOURNAL_SCHEMA_VERSION } from '../model/change.ts';
import type { ApplyResult, Failure } from '../model/outcome.ts';
import { isEmptyPlan, type Plan, type Refusal, type StaleFact } from '../model/plan.ts';
import { armWatch, type ConfirmRequest, plannedWatch } from './confirm-watch.ts';
import { guardPlan, refusal } from './guard.ts';
import { loadJournals, nextId, saveJournal } from './journal.ts';
import { readOriginals } from './originals.ts';
import { journalPath } from './paths.ts';
import { perform } from './perform.ts';
import { settle } from './settle.ts';
import { lockState } from './state.ts';

export interface ApplyOptions {
  /** Revert by itself unless `tune confirm` comes in time; null means: stay. */
  readonly confirm: ConfirmRequest | null;
  /** The boot the plan was made in, for the record. */
  readonly bootId: string | null;
}

export function apply(plan: Plan, writer: HostWriter, options: ApplyOptions): ApplyResult {
  if (isEmptyPlan(plan)) return { outcome: 'nothing-to-do' };
  if (plan.target === 'host' && writer.uid !== 0) {
    const what = `This is user ${writer.uid}, not root.`;
    return refused([refusal('not-root', 'uid', what, 'Run it as root.')]);
  }
  const unsafe = guardPlan(plan, writer);
  if (unsafe.length > 0) return refused(unsafe);
  const lock = lockState(writer, 'apply');
  if (!lock.ok) return refused(lock.refusals);
  try {
    return applyLocked(plan, writer, options);
  } finally {
    lock.release();
  }
}

function refused(refusals: readonly Refusal[], stale: readonly StaleFact[] = []): ApplyResult {
  return { outcome: 'refused', refusals, stale };
}

function applyLocked(plan: Plan, writer: HostWriter, options: ApplyOptions): ApplyResult {
  const loaded = loadJournals(writer);
  if (!loaded.ok) {
    return refused([refusal('unreadable', 'journal', `The journals cannot be read: ${loaded.errno}.`)]);
  }
  const { journals, unreadable } = loaded.value;
  const open = journals.find(({ state }) => state === 'started' || state === 'undoing');
  if (open !== undefined || unreadable.length > 0) return refused([unfinished(open, unreadable)]);

  const id = nextId(loaded.value);
  const { refusals, stale, ...originals } = readOriginals(plan, writer, journals, id);
  if (refusals.length > 0 || stale.length > 0) return refused(refusals, stale);
  const start: Journal = {
    schemaVersion: JOURNAL_SCHEMA_VERSION,
    id,
    state: 'started',
    startedAt: new Date(writer.now()).toISOString(),
    finishedAt: null,
    bootId: options.bootId,
    profile: {
      name: plan.profile.name,
      digest: plan.profile.digest,
      goal: plan.profile.goal.toString(),
    },
    ...originals,
    actions: plan.actions,
    confirm: options.confirm === null ? null : plannedWatch(id, options.confirm, writer),
    undo: null,
  };
  const saved = saveJournal(writer, start);
  // Not one byte elsewhere has changed: at most the journal itself is there, and it goes.
  if (!saved.ok)
    return undo(start, writer, { subject: journalPath(id), what: 'cannot be saved', errno: saved.errno });
  const armed = options.confirm === null ? null : armWatch(start, options.confirm, writer);
  if (armed !== null && !armed.ok) return undo(start, writer, armed.failure);
  const journal = armed === null ? start : { ...start, confirm: armed.watch };

  const done = perform(plan, journal, writer);
  if (!done.ok) return undo(done.journal, writer, done.failure);
  const finished: Journal = {
    ...done.journal,
    state: 'applied',
    finishedAt: new Date(writer.now()).toISOString(),
  };
  const closed = saveJournal(writer, finished);
  if (!closed.ok) {
    return undo(done.journal, writer, {
      subject: journalPath(id),
      what: 'cannot be saved',
      errno: closed.errno,
    });
  }
  const { knobs, files, sessions } = done;
  return {
    outcome: 'applied',
    id,
    journal: journalPath(id),
    knobs,
    files,
    sessions,
    confirm: finished.confirm,
  };
}

function undo(journal: Journal, writer: HostWriter, failure: Failure): ApplyResult {
  const cause = `${failure.subject}: ${failure.what}${failure.errno === null ? '' : ` (${failure.errno})`}`;
  const { kept, leftovers } = settle(journal, writer, { cause, force: false });
  const { id } = journal;
  return leftovers.length === 0
    ? { outcome: 'undone', id, failure, kept }
    : { outcome: 'stopped', id, journal: journalPath(id), failure, kept, leftovers };
}

function unfinished(open: Journal | undefined, unreadable: readonly string[]): Refusal {
  if (open === undefined) {
    const subject = unreadable[0] ?? 'journal';
    return refusal(
      'unreadable-journal',
      subject,
      `${subject} is not a journal that this version of tune can read.`,
      'Use the version that wrote it, or move the file away.',
    );
  }
  return refusal(
    'unfinished',
    journalPath(open.id),
    `Apply ${open.id} of ${open.startedAt} was interrupted while it was ${open.state === 'started' ? 'writing' : 'being undone'}.`,
    'Run `tune rollback`: it puts back what was there before it.',
  );
}
