/**
 * The way back, from the journal alone. Idempotent: what is as before already is left alone, so a rollback that was
 * interrupted is simply run again. What someone else changed since is not overwritten unless that is asked for.
 */
import type { HostWriter } from '../host/writer.ts';
import type { FileRecord, Journal, Kept, KnobRecord, Leftover } from '../model/change.ts';
import { parseValue } from '../model/value.ts';
import { runAction } from './actions.ts';
import { describeState, putState, readState, sameState } from './file-state.ts';
import { isOurs, sameText } from './knobs.ts';

export interface UndoReport {
  /** Keys and paths that hold again what they held before. */
  readonly restored: readonly string[];
  readonly kept: readonly Kept[];
  readonly leftovers: readonly Leftover[];
}

type Step =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'restored'; readonly subject: string }
  | { readonly kind: 'kept'; readonly kept: Kept }
  | { readonly kind: 'leftover'; readonly leftover: Leftover };

const UNCHANGED: Step = { kind: 'unchanged' };
const RETRY = 'tune rollback';

/** Everything in the reverse of the order in which it was done. */
export function undoChanges(journal: Journal, writer: HostWriter, force: boolean): UndoReport {
  const steps = [
    ...[...journal.files].reverse().flatMap((record) => undoFile(record, writer, force)),
    ...[...journal.directories].reverse().map((path) => undoDirectory(path, writer)),
    ...undoKnobs([...journal.knobs].reverse(), writer, force),
  ];
  if (journal.actions.includes('systemd-reload') && steps.some(({ kind }) => kind === 'restored')) {
    const failed = runAction('systemd-reload', writer);
    if (failed !== null) steps.push({ kind: 'leftover', leftover: failed });
  }
  return {
    restored: steps.flatMap((s) => (s.kind === 'restored' ? [s.subject] : [])),
    kept: steps.flatMap((s) => (s.kind === 'kept' ? [s.kept] : [])),
    leftovers: steps.flatMap((s) => (s.kind === 'leftover' ? [s.leftover] : [])),
  };
}

function undoFile(record: FileRecord, writer: HostWriter, force: boolean): readonly Step[] {
  return [removeTemporary(record, writer), restoreFile(record, writer, force)];
}

/** What a crash between making the temporary and renaming it leaves behind. */
function removeTemporary({ temporary }: FileRecord, writer: HostWriter): Step {
  const seen = writer.inspect(temporary);
  if (!seen.ok && (seen.errno === 'ENOENT' || seen.errno === 'ENOTDIR')) return UNCHANGED;
  const gone = seen.ok ? writer.remove(temporary) : seen;
  return gone.ok ? UNCHANGED : leftover(temporary, gone.errno, `rm ${temporary}`);
}

function restoreFile(record: FileRecord, writer: HostWriter, force: boolean): Step {
  const { path, temporary, before, after } = record;
  const current = readState(writer, path);
  if (current.ok && sameState(current.value, before)) return UNCHANGED;
  const foreign = !current.ok || !sameState(current.value, after);
  if (foreign && !force) {
    return {
      kind: 'kept',
      kept: {
        subject: path,
        expected: describeState(after),
        found: current.ok ? describeState(current.value) : current.errno,
        wouldBe: describeState(before),
      },
    };
  }
  const done = before === null ? writer.remove(path) : putState(writer, path, temporary, before);
  if (done.ok) return { kind: 'restored', subject: path };
  return leftover(path, done.errno, before === null ? `rm ${path}` : RETRY);
}

/** Only directories that we made; one that holds somebody's file by now stays. */
function undoDirectory(path: string, writer: HostWriter): Step {
  const gone = writer.removeDirectory(path);
  if (gone.ok) return { kind: 'restored', subject: path };
  if (['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'].includes(gone.errno)) return UNCHANGED;
  return leftover(path, gone.errno, `rmdir ${path}`);
}

/** A key may be refused until another one is back, so what fails is tried again as long as that helps. */
function undoKnobs(records: readonly KnobRecord[], writer: HostWriter, force: boolean): readonly Step[] {
  const done: Step[] = [];
  let open = records;
  for (;;) {
    const tried = open.map((record) => ({ record, step: restoreKnob(record, writer, force) }));
    const failed = tried.filter(({ step }) => step.kind === 'leftover');
    done.push(...tried.filter(({ step }) => step.kind !== 'leftover').map(({ step }) => step));
    if (failed.length === 0 || failed.length === open.length) {
      return [...done, ...failed.map(({ step }) => step)];
    }
    open = failed.map(({ record }) => record);
  }
}

function restoreKnob(record: KnobRecord, writer: HostWriter, force: boolean): Step {
  const { key, path, shape, before } = record;
  const current = writer.readKnob(path);
  if (!current.ok) return leftover(key, current.errno, command(key, before));
  if (sameText(shape, current.value, before)) return UNCHANGED;
  if (!isOurs(record, current.value) && !force) {
    const expected = record.held ?? record.after;
    return { kind: 'kept', kept: { subject: key, expected, found: current.value.trim(), wouldBe: before } };
  }
  // Of a pair, the one that counted before is written: the kernel then sets this one to 0 by itself.
  const { counterpart } = record;
  const target = counterpart !== null && isZero(record) ? counterpart : { key, path, before };
  const written = writer.writeKnob(target.path, `${target.before}\n`);
  if (!written.ok) return leftover(key, written.errno, command(target.key, target.before));
  const held = writer.readKnob(path);
  if (!held.ok) return leftover(key, held.errno, command(target.key, target.before));
  return sameText(shape, held.value, before)
    ? { kind: 'restored', subject: key }
    : leftover(key, `the kernel holds ${held.value.trim()}`, command(target.key, target.before));
}

function isZero({ shape, before }: KnobRecord): boolean {
  const value = parseValue(shape, before);
  return value?.kind === 'integer' && value.n === 0n;
}

function command(key: string, value: string): string {
  const text = value.split(/\s+/).join(' ');
  return /^[\w,.:-]+$/.test(text) ? `sysctl -w ${key}=${text}` : `sysctl -w ${key}="${text}"`;
}

function leftover(subject: string, errno: string, how: string): Step {
  return { kind: 'leftover', leftover: { subject, errno, command: how } };
}
