/** Reads what is there before anything is written, and holds it against what the plan saw. */
import type { HostWriter } from '../host/writer.ts';
import type { FileRecord, Journal, KnobRecord } from '../model/change.ts';
import type { FileChange, LiveWrite, Plan, Refusal, StaleFact } from '../model/plan.ts';
import { equalValues, formatValue } from '../model/value.ts';
import { readState } from './file-state.ts';
import { refusal } from './guard.ts';
import { counterpartOf, readAs } from './knobs.ts';
import { chainOf, directoryOf, temporaryOf } from './paths.ts';

export interface Originals {
  readonly directories: readonly string[];
  readonly files: readonly FileRecord[];
  readonly knobs: readonly KnobRecord[];
  readonly refusals: readonly Refusal[];
  /** What is not as the plan says it was. */
  readonly stale: readonly StaleFact[];
}

export function readOriginals(
  plan: Plan,
  writer: HostWriter,
  earlier: readonly Journal[],
  id: string,
): Originals {
  const knobs = plan.writes.map((write) => readKnobOriginal(write, writer, earlier));
  const files = plan.files.map((change) => readFileOriginal(change, writer, earlier, id));
  const all = [...knobs, ...files];
  return {
    directories: missingDirectories(plan, writer),
    knobs: knobs.flatMap((k) => (k.record === null ? [] : [k.record])),
    files: files.flatMap((f) => (f.record === null ? [] : [f.record])),
    refusals: all.flatMap((part) => part.refusal ?? []),
    stale: all.flatMap((part) => part.stale ?? []),
  };
}

interface Reading<T> {
  readonly record: T | null;
  readonly refusal?: Refusal;
  readonly stale?: StaleFact;
}

function readKnobOriginal(
  write: LiveWrite,
  writer: HostWriter,
  earlier: readonly Journal[],
): Reading<KnobRecord> {
  const { key, path, shape } = write;
  const text = writer.readKnob(path);
  if (!text.ok) {
    const what = `${key} cannot be read (${text.errno}), so it could not be put back.`;
    return { record: null, refusal: refusal('unreadable', key, what) };
  }
  const value = readAs(write, text.value);
  if (value === null || !equalValues(value, write.before)) {
    const was = formatValue(write.before);
    return { record: null, stale: { id: `live:${key}`, was, is: text.value.trim() } };
  }
  const other = counterpartOf(key);
  const otherPath = other?.replaceAll('.', '/') ?? '';
  const otherText = other === null ? null : writer.readKnob(otherPath);
  const before = text.value.trim();
  const previous = lastOf(earlier, ({ knobs }) => knobs.find((k) => k.key === key));
  return {
    record: {
      key,
      path,
      shape,
      before,
      after: formatValue(write.after),
      held: null,
      original: previous?.original ?? before,
      counterpart:
        other !== null && otherText?.ok === true
          ? { key: other, path: otherPath, before: otherText.value.trim() }
          : null,
    },
  };
}

function readFileOriginal(
  change: FileChange,
  writer: HostWriter,
  earlier: readonly Journal[],
  id: string,
): Reading<FileRecord> {
  const { path } = change;
  const state = readState(writer, path);
  if (!state.ok) {
    const what = `${path} cannot be read (${state.errno}), so it could not be put back.`;
    return { record: null, refusal: refusal('unreadable', path, what) };
  }
  const text = state.value === null ? null : Buffer.from(state.value.bytes, 'base64').toString('utf8');
  if (text !== change.before) {
    const was = change.before === null ? 'absent' : 'with other content';
    return {
      record: null,
      stale: { id: `file:${path}`, was, is: text === null ? 'absent' : 'changed since' },
    };
  }
  const previous = lastOf(earlier, ({ files }) => files.find((f) => f.path === path));
  return {
    record: {
      path,
      temporary: temporaryOf(path, id),
      before: state.value,
      after:
        change.after === null
          ? null
          : {
              bytes: Buffer.from(change.after).toString('base64'),
              mode: change.mode,
              uid: writer.uid,
              gid: writer.gid,
            },
      original: previous === undefined ? state.value : previous.original,
    },
  };
}

/** The newest apply that still stands and touched it: its record knows the first-ever original. */
function lastOf<T>(earlier: readonly Journal[], find: (journal: Journal) => T | undefined): T | undefined {
  return earlier
    .filter(({ state }) => state !== 'undone')
    .map(find)
    .findLast((found) => found !== undefined);
}

function missingDirectories(plan: Plan, writer: HostWriter): readonly string[] {
  const chains = plan.files
    .filter(({ after }) => after !== null)
    .flatMap(({ path }) => chainOf(directoryOf(path)));
  return [...new Set(chains)].filter((path) => {
    const seen = writer.inspect(path);
    return !seen.ok && seen.errno === 'ENOENT';
  });
}
