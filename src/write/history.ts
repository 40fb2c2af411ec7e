/** What was applied and undone, through the reading door: for `tune history`, and a warning in every command. */

import type { HostReader, Result } from '../host/reader.ts';
import type { Journal } from '../model/change.ts';
import type { HistoryEntry, Unfinished } from '../model/outcome.ts';
import { type JournalSource, type Journals, loadJournals } from './journal.ts';
import { BOOT_ID, JOURNALS, LOCK } from './paths.ts';

const LARGEST_JOURNAL = 1 << 24;

export type History =
  | {
      readonly readable: true;
      readonly entries: readonly HistoryEntry[];
      readonly unreadable: readonly string[];
    }
  /** Usually EACCES: the state is root's alone. */
  | { readonly readable: false; readonly errno: string };

/** Oldest first. A host on which tune was never applied has an empty one. */
export function history(host: HostReader): History {
  const loaded = loadJournals(sourceOf(host));
  if (!loaded.ok) return { readable: false, errno: loaded.errno };
  const { journals, unreadable } = loaded.value;
  return { readable: true, entries: journals.map(entryOf), unreadable };
}

/** An apply that needs attention, or null. Costs one directory listing on a host without any. */
export function unfinished(host: HostReader): Unfinished | null {
  const past = history(host);
  if (!past.readable) return null;
  const open = past.entries.findLast(({ state }) => state === 'started' || state === 'undoing');
  if (open !== undefined) return { entry: open, why: 'interrupted', holder: holderOf(host) };
  const now = host.self().now;
  const late = past.entries.findLast(
    ({ state, confirm }) =>
      state === 'applied' && confirm?.confirmed === false && Date.parse(confirm.deadline) < now,
  );
  return late === undefined ? null : { entry: late, why: 'unconfirmed', holder: null };
}

/**
 * The note in the lock file, when the process that wrote it still runs. After a power cut the number is soon
 * somebody else's, so a note of another boot says nothing.
 */
function holderOf(host: HostReader): string | null {
  const note = host.read(LOCK);
  const [, text, pid, boot] = (note.ok && /^(process (\d+) .*)(?:\nboot (\S+))?/.exec(note.value)) || [];
  if (text === undefined || !host.stat(`/proc/${pid}`).ok) return null;
  const now = host.read(`/proc/sys/${BOOT_ID}`);
  return boot !== undefined && now.ok && now.value.trim() !== boot ? null : text;
}

/** The profile that is in force by tune's own hand: the last apply that stands. */
export function appliedProfile(host: HostReader): Journal['profile'] | null {
  const past = history(host);
  if (!past.readable) return null;
  return past.entries.findLast(({ state }) => state === 'applied')?.profile ?? null;
}

/** All journals, for a command that judges what they hold. */
export function allJournals(host: HostReader): Result<Journals> {
  return loadJournals(sourceOf(host));
}

function sourceOf(host: HostReader): JournalSource {
  return {
    list: (path) => {
      const names = host.list(path);
      return !names.ok && names.errno === 'ENOTCAPTURED' && path === JOURNALS
        ? { ok: true, value: [] }
        : names;
    },
    readFile: (path) => {
      const text = host.read(path, LARGEST_JOURNAL);
      return text.ok ? { ok: true, value: Buffer.from(text.value) } : text;
    },
  };
}

function entryOf(journal: Journal): HistoryEntry {
  const { id, state, startedAt, finishedAt, profile, confirm, undo } = journal;
  return {
    id,
    state,
    startedAt,
    finishedAt,
    profile,
    files: journal.files.map(({ path }) => path),
    keys: journal.knobs.map(({ key }) => key),
    confirm,
    undo,
  };
}
