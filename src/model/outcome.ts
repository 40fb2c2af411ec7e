/** How an apply, a rollback or a confirmation ended, and what the past holds: what the reports are made of. */
import type {
  AppliedFile,
  ConfirmWatch,
  Journal,
  Kept,
  KnobResult,
  Leftover,
  SessionResult,
} from './change.ts';
import type { Refusal, StaleFact } from './plan.ts';

/** What went wrong in the middle of an apply. */
export interface Failure {
  /** The key, file or program. */
  readonly subject: string;
  readonly what: string;
  readonly errno: string | null;
}

export type ApplyResult =
  | { readonly outcome: 'nothing-to-do' }
  /** Nothing was touched. */
  | {
      readonly outcome: 'refused';
      readonly refusals: readonly Refusal[];
      readonly stale: readonly StaleFact[];
    }
  | {
      readonly outcome: 'applied';
      readonly id: string;
      readonly journal: string;
      readonly knobs: readonly KnobResult[];
      readonly files: readonly AppliedFile[];
      readonly sessions: readonly SessionResult[];
      readonly confirm: ConfirmWatch | null;
    }
  /** It failed, and everything is as it was before. */
  | {
      readonly outcome: 'undone';
      readonly id: string;
      readonly failure: Failure;
      readonly kept: readonly Kept[];
    }
  /** It failed, and not everything could be put back: the commands that do it. Exit code 3. */
  | {
      readonly outcome: 'stopped';
      readonly id: string;
      readonly journal: string;
      readonly failure: Failure;
      readonly kept: readonly Kept[];
      readonly leftovers: readonly Leftover[];
    };

export type RollbackResult =
  | { readonly outcome: 'nothing-to-do' }
  | { readonly outcome: 'refused'; readonly refusals: readonly Refusal[] }
  /** `kept` names what someone else changed since, and was left alone. */
  | {
      readonly outcome: 'rolled-back';
      readonly ids: readonly string[];
      readonly restored: readonly string[];
      readonly kept: readonly Kept[];
    }
  /** Not everything could be put back; the journal stays open. Exit code 3. */
  | {
      readonly outcome: 'stopped';
      readonly id: string;
      readonly journal: string;
      readonly restored: readonly string[];
      readonly kept: readonly Kept[];
      readonly leftovers: readonly Leftover[];
    };

export type ConfirmResult =
  | { readonly outcome: 'confirmed'; readonly id: string }
  | { readonly outcome: 'nothing-to-do' }
  | { readonly outcome: 'refused'; readonly refusals: readonly Refusal[] };

export interface HistoryEntry {
  readonly id: string;
  readonly state: Journal['state'];
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly profile: Journal['profile'];
  readonly files: readonly string[];
  readonly keys: readonly string[];
  readonly confirm: Journal['confirm'];
  readonly undo: Journal['undo'];
}

export interface Unfinished {
  readonly entry: HistoryEntry;
  /** `unconfirmed`: its time is over and nothing reverted it, so the machine was restarted or the timer lost. */
  readonly why: 'interrupted' | 'unconfirmed';
  /** Who is at work on it, if that process is still there: then it is not interrupted, only not done yet. */
  readonly holder: string | null;
}
