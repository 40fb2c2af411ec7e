/** The changes themselves, in order, each checked right after it was made. Stops at the first that fails. */

import type { HostWriter } from '../host/writer.ts';
import type {
  AppliedFile,
  FileRecord,
  Journal,
  KnobRecord,
  KnobResult,
  SessionResult,
} from '../model/change.ts';
import type { Failure } from '../model/outcome.ts';
import type { FileChange, LiveWrite, Plan } from '../model/plan.ts';
import { formatValue } from '../model/value.ts';
import { runAction } from './actions.ts';
import { putState, readState, sameState } from './file-state.ts';
import { judge } from './knobs.ts';
import { compareSessions, openSessions } from './session.ts';

export type Performed =
  | {
      readonly ok: true;
      readonly journal: Journal;
      readonly knobs: readonly KnobResult[];
      readonly files: readonly AppliedFile[];
      readonly sessions: readonly SessionResult[];
    }
  /** `journal` knows what the kernel holds of the writes that were made, for the way back. */
  | { readonly ok: false; readonly journal: Journal; readonly failure: Failure };

const DIRECTORY_MODE = 0o755;

export function perform(plan: Plan, start: Journal, writer: HostWriter): Performed {
  let journal = start;
  const failed = (failure: Failure): Performed => ({ ok: false, journal, failure });
  const checksSessions = plan.actions.includes('session-check');
  const before = checksSessions ? openSessions(writer) : [];

  const knobs: KnobResult[] = [];
  for (const write of plan.writes) {
    const result = writeKnob(write, writer);
    knobs.push(result);
    journal = {
      ...journal,
      knobs: journal.knobs.map((k) => (k.key === write.key ? withHeld(k, result) : k)),
    };
    const failure = knobFailure(result);
    if (failure !== null) return failed(failure);
  }
  for (const path of journal.directories) {
    const made = writer.makeDirectory(path, DIRECTORY_MODE);
    if (!made.ok) return failed({ subject: path, what: 'cannot be made', errno: made.errno });
  }
  const files: AppliedFile[] = [];
  for (const [i, change] of plan.files.entries()) {
    const record = journal.files[i];
    if (record === undefined) throw new Error(`the journal has no record of ${change.path}`);
    const failure = putFile(record, writer);
    if (failure !== null) return failed(failure);
    files.push({ path: change.path, action: actionOf(change), lines: change.lines });
  }
  if (plan.actions.includes('systemd-reload')) {
    const trouble = runAction('systemd-reload', writer);
    if (trouble !== null) {
      return failed({ subject: trouble.command, what: 'failed', errno: trouble.errno });
    }
  }
  const sessions = checksSessions ? compareSessions(before, openSessions(writer)) : [];
  const lockedOut = sessions.find(({ outcome }) => outcome === 'refused');
  if (lockedOut !== undefined) {
    const what = `cannot open a login session with the new limits, and could before`;
    return failed({ subject: lockedOut.user, what, errno: null });
  }
  return { ok: true, journal, knobs, files, sessions };
}

/** One write, then what the kernel made of it: exit codes and errnos alone do not tell. */
function writeKnob(write: LiveWrite, writer: HostWriter): KnobResult {
  const text = formatValue(write.after);
  const written = writer.writeKnob(write.path, `${text}\n`);
  const held = writer.readKnob(write.path);
  const base = { key: write.key, written: text, held: held.ok ? held.value.trim() : null };
  if (!written.ok) return { ...base, outcome: 'rejected', errno: written.errno };
  if (!held.ok) return { ...base, outcome: 'clamped', errno: held.errno };
  return { ...base, outcome: judge(write, held.value), errno: null };
}

function withHeld(record: KnobRecord, { held }: KnobResult): KnobRecord {
  return { ...record, held };
}

function knobFailure({ key, outcome, written, held, errno }: KnobResult): Failure | null {
  switch (outcome) {
    case 'stored':
    case 'canonicalised':
      return null;
    case 'rejected':
      return { subject: key, what: `the kernel refuses ${written}`, errno };
    case 'clamped':
      return {
        subject: key,
        what: `the kernel took ${written} and holds ${held ?? 'what cannot be read'}`,
        errno,
      };
  }
}

function putFile(record: FileRecord, writer: HostWriter): Failure | null {
  const { path, temporary, after } = record;
  const done =
    after === null ? writer.remove(path) : putState(writer, path, temporary, { ...after, mtime: null });
  if (!done.ok) return { subject: path, what: 'cannot be written', errno: done.errno };
  const now = readState(writer, path);
  if (!now.ok) return { subject: path, what: 'cannot be read back', errno: now.errno };
  return sameState(now.value, after)
    ? null
    : { subject: path, what: 'does not hold what was written', errno: null };
}

function actionOf({ before, after }: FileChange): AppliedFile['action'] {
  if (after === null) return 'removed';
  return before === null ? 'created' : 'replaced';
}
