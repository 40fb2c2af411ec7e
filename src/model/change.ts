/**
 * Changes and the journal. A change carries what was there before (read, never assumed), and the way back follows
 * from it alone. The journal is on disk before the first write, so a crash at any point can be undone.
 */
import type { LineReason, PlannedAction } from './plan.ts';
import type { Shape } from './value.ts';

export const JOURNAL_SCHEMA_VERSION = 1;

/** Everything about a file that a rollback puts back. */
export interface FileState {
  /** Content, base64: configuration files may hold any bytes. */
  readonly bytes: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Nanoseconds since the epoch, decimal. */
  readonly mtime: string;
}

export interface FileRecord {
  readonly path: string;
  /** Where the new content is prepared; removed by a rollback if a crash left it. */
  readonly temporary: string;
  /** Null: the file was not there. */
  readonly before: FileState | null;
  /** Null: the file is removed. `mtime` is not part of what we write. */
  readonly after: Omit<FileState, 'mtime'> | null;
  /** What was there before tune's first change to this path, carried from apply to apply. */
  readonly original: FileState | null;
}

export interface KnobRecord {
  readonly key: string;
  /** Below /proc/sys/. */
  readonly path: string;
  readonly shape: Shape;
  /** The kernel's text before, as read. */
  readonly before: string;
  /** The canonical text that is written. */
  readonly after: string;
  /** What the kernel said after the write; null until it was read back. */
  readonly held: string | null;
  readonly original: string;
  /** The key that the kernel sets to 0 when this one is written (dirty_bytes and dirty_ratio), with its text before. */
  readonly counterpart: { readonly key: string; readonly path: string; readonly before: string } | null;
}

/**
 * started: writing, or interrupted while writing. applied: complete. undoing: a rollback runs or was interrupted.
 * undone: what was there before is there again (but for what `undo` names).
 */
export type JournalState = 'started' | 'applied' | 'undoing' | 'undone';

export interface ConfirmWatch {
  /** ISO 8601. Without confirmation by then everything is put back. */
  readonly deadline: string;
  readonly by: 'systemd-timer' | 'watcher';
  /** The timer unit's name, or the watcher's process id. */
  readonly handle: string;
  readonly confirmed: boolean;
}

/** A value or file that a rollback left alone because someone else changed it since. */
export interface Kept {
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /** What rollback would have put back. */
  readonly wouldBe: string;
}

/** Something that could not be put back, and the command that does it. */
export interface Leftover {
  readonly subject: string;
  readonly errno: string;
  readonly command: string;
}

export interface UndoRecord {
  readonly at: string;
  /** Why: the failure that caused it, `rollback`, `not confirmed in time`. */
  readonly cause: string;
  readonly kept: readonly Kept[];
  readonly leftovers: readonly Leftover[];
}

export interface Journal {
  readonly schemaVersion: typeof JOURNAL_SCHEMA_VERSION;
  /** `0001`, counting up; never a clock. */
  readonly id: string;
  readonly state: JournalState;
  /** By the host's clock, for people; nothing depends on it. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly bootId: string | null;
  readonly profile: { readonly name: string; readonly digest: string; readonly goal: string };
  /** Directories that were not there, outermost first. */
  readonly directories: readonly string[];
  readonly files: readonly FileRecord[];
  readonly knobs: readonly KnobRecord[];
  readonly actions: readonly PlannedAction[];
  readonly confirm: ConfirmWatch | null;
  readonly undo: UndoRecord | null;
}

/** What the kernel made of one write. */
export type KnobOutcome =
  /** It holds what was written. */
  | 'stored'
  /** It holds another value that is as wanted (nf_conntrack_buckets is rounded up to a page of them). */
  | 'canonicalised'
  /** The write succeeded and the value is not as wanted. */
  | 'clamped'
  /** The write failed. */
  | 'rejected';

export interface KnobResult {
  readonly key: string;
  readonly outcome: KnobOutcome;
  readonly written: string;
  /** Null when it could not be read back. */
  readonly held: string | null;
  readonly errno: string | null;
}

/** A login session that was opened to see whether the new limits let people in. */
export interface SessionResult {
  readonly user: string;
  /** `unchecked` when there is no su(1), or the user had no session before the change either. */
  readonly outcome: 'opened' | 'refused' | 'unchecked';
  /** Open files that the session got; null when not known. */
  readonly soft: string | null;
  readonly hard: string | null;
}

export interface AppliedFile {
  readonly path: string;
  readonly action: 'created' | 'replaced' | 'removed';
  readonly lines: readonly LineReason[];
}
