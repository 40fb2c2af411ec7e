/** The journal on disk: one file per apply, replaced atomically, readable long after a crash. */
import * as z from 'zod/mini';
import type { Result } from '../host/reader.ts';
import type { HostWriter } from '../host/writer.ts';
import { JOURNAL_SCHEMA_VERSION, type Journal } from '../model/change.ts';
import type { Shape } from '../model/value.ts';
import { putFresh } from './file-state.ts';
import { JOURNAL_MODE, JOURNALS, journalPath } from './paths.ts';

const fileState = z.strictObject({
  bytes: z.string(),
  mode: z.int(),
  uid: z.int(),
  gid: z.int(),
  mtime: z.string(),
});
const shape: z.ZodMiniType<Shape> = z.union([
  z.strictObject({ kind: z.literal('tuple'), fields: z.array(z.string()) }),
  z.strictObject({ kind: z.enum(['integer', 'limit', 'portRange', 'portSet', 'word']) }),
]);
const kept = z.strictObject({
  subject: z.string(),
  expected: z.string(),
  found: z.string(),
  wouldBe: z.string(),
});
const leftover = z.strictObject({ subject: z.string(), errno: z.string(), command: z.string() });

const journal: z.ZodMiniType<Journal> = z.strictObject({
  schemaVersion: z.literal(JOURNAL_SCHEMA_VERSION),
  id: z.string().check(z.regex(/^\d{4,}$/)),
  state: z.enum(['started', 'applied', 'undoing', 'undone']),
  startedAt: z.string(),
  finishedAt: z.nullable(z.string()),
  bootId: z.nullable(z.string()),
  profile: z.strictObject({ name: z.string(), digest: z.string(), goal: z.string() }),
  directories: z.array(z.string()),
  files: z.array(
    z.strictObject({
      path: z.string(),
      temporary: z.string(),
      before: z.nullable(fileState),
      after: z.nullable(z.strictObject({ bytes: z.string(), mode: z.int(), uid: z.int(), gid: z.int() })),
      original: z.nullable(fileState),
    }),
  ),
  knobs: z.array(
    z.strictObject({
      key: z.string(),
      path: z.string(),
      shape,
      before: z.string(),
      after: z.string(),
      held: z.nullable(z.string()),
      original: z.string(),
      counterpart: z.nullable(z.strictObject({ key: z.string(), path: z.string(), before: z.string() })),
    }),
  ),
  actions: z.array(z.enum(['systemd-reload', 'session-check'])),
  confirm: z.nullable(
    z.strictObject({
      deadline: z.string(),
      by: z.enum(['systemd-timer', 'watcher']),
      handle: z.string(),
      confirmed: z.boolean(),
    }),
  ),
  undo: z.nullable(
    z.strictObject({ at: z.string(), cause: z.string(), kept: z.array(kept), leftovers: z.array(leftover) }),
  ),
});

/** Null for text that is not a journal of this version: reported, never guessed at. */
export function parseJournal(text: string): Journal | null {
  try {
    const parsed = z.safeParse(journal, JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Flushed to the disk, name included, when this returns. */
export function saveJournal(writer: HostWriter, record: Journal): Result<true> {
  return putFresh(writer, {
    path: journalPath(record.id),
    temporary: `${JOURNALS}/.${record.id}.new`,
    bytes: Buffer.from(`${JSON.stringify(record, null, 2)}\n`),
    mode: JOURNAL_MODE,
    uid: writer.uid,
    gid: writer.gid,
    mtime: null,
  });
}

export interface Journals {
  /** Oldest first. */
  readonly journals: readonly Journal[];
  /** Files in the directory that are not journals this version can read. */
  readonly unreadable: readonly string[];
}

/** The ids that are in use, unreadable ones included, so that none is used twice. */
export function idOf(name: string): string | null {
  return /^(\d{4,})\.json$/.exec(name)?.[1] ?? null;
}

/** The part of either door that reading the journals takes. */
export type JournalSource = Pick<HostWriter, 'list' | 'readFile'>;

export function loadJournals(source: JournalSource): Result<Journals> {
  const names = source.list(JOURNALS);
  if (!names.ok) {
    return names.errno === 'ENOENT' ? { ok: true, value: { journals: [], unreadable: [] } } : names;
  }
  const journals: Journal[] = [];
  const unreadable: string[] = [];
  for (const name of names.value) {
    const id = idOf(name);
    if (id === null) continue;
    const text = source.readFile(`${JOURNALS}/${name}`);
    const record = text.ok ? parseJournal(Buffer.from(text.value).toString('utf8')) : null;
    if (record === null || record.id !== id) unreadable.push(`${JOURNALS}/${name}`);
    else journals.push(record);
  }
  journals.sort((a, b) => Number(a.id) - Number(b.id));
  return { ok: true, value: { journals, unreadable } };
}

export function nextId({ journals, unreadable }: Journals): string {
  const used = [
    ...journals.map(({ id }) => Number(id)),
    ...unreadable.map((path) => Number(idOf(path.slice(JOURNALS.length + 1)) ?? 0)),
  ];
  return String(Math.max(0, ...used) + 1).padStart(4, '0');
}
