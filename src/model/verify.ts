/**
 * The result of `tune verify`: what was applied, what of it is there after the reboot, and how many sockets it holds.
 * Plain strings and numbers, so that it is JSON as it stands; values are the kernel's own text.
 */
import type { Place } from './finding.ts';
import type { SoakReport } from './soak.ts';

export const VERIFY_SCHEMA_VERSION = 1;

/** The applies that stand, and what they were for. */
export interface AppliedSummary {
  /** Journal ids, oldest first. */
  readonly ids: readonly string[];
  readonly at: string;
  readonly profile: string;
  readonly goal: string;
  /** Until when it waits for `tune confirm`; null when it does not. */
  readonly unconfirmedUntil: string | null;
}

/**
 * rebooted: the kernel was started anew since the last apply. not-rebooted: it is still the same one, so nothing is
 * proven about the next. unknown: the apply did not record it, or the kernel does not tell.
 */
export type RebootState = 'rebooted' | 'not-rebooted' | 'unknown';

/** A file that tune wrote, as it is now. */
export interface FileCheck {
  readonly path: string;
  readonly state: 'as-written' | 'changed' | 'gone' | 'unreadable';
}

/** Who took a value that was applied. */
export type Culprit =
  | { readonly kind: 'line'; readonly at: Place }
  | { readonly kind: 'cmdline' }
  /** The file of ours that carried it. */
  | { readonly kind: 'our-file'; readonly path: string; readonly state: FileCheck['state'] }
  | { readonly kind: 'late-module'; readonly module: string }
  /** Programs known to write it after the boot. */
  | { readonly kind: 'later-writers'; readonly names: readonly string[] }
  /** The files say what is wanted, so somebody wrote it after they were read. */
  | { readonly kind: 'written-since' }
  | { readonly kind: 'never-applied' }
  | { readonly kind: 'unknown' };

/**
 * held: live as wanted and the next boot keeps it. will-be-lost: live as wanted, and the next boot takes it.
 * lost: not as wanted. unreadable: the kernel did not tell. not-applicable: it does not apply to this host.
 * not-applied: recommended, not as wanted, and apply left it alone (it would have gone down, say): nothing was lost.
 */
export type SettingState = 'held' | 'will-be-lost' | 'lost' | 'unreadable' | 'not-applicable' | 'not-applied';

export interface SettingCheck {
  readonly key: string;
  /** The text that tune wrote; null where the host was as wanted already. */
  readonly applied: string | null;
  /** In words, `at least 1048576`; null where only what was applied is known. */
  readonly wanted: string | null;
  readonly live: string | null;
  readonly state: SettingState;
  /** For what is lost or will be. */
  readonly culprit: Culprit | null;
  readonly detail: string | null;
}

/** How a session's limit of open files was looked at. */
export type SessionKind = 'login' | 'root-login' | 'service-default' | 'service';

export interface SessionCheck {
  readonly kind: SessionKind;
  /** The user or the unit. */
  readonly who: string;
  readonly soft: string | null;
  readonly hard: string | null;
  readonly wantedSoft: string | null;
  readonly wantedHard: string | null;
  /** refused: nobody can log in like that. */
  readonly state: 'held' | 'lost' | 'refused' | 'unchecked';
  /** Why it could not be checked, or the line that decides instead. */
  readonly detail: string | null;
}

/** Kernel memory per connection, both ends, in bytes: what the arithmetic said before and what was measured. */
export interface MemoryPrediction {
  readonly predicted: number;
  readonly measured: number;
  /** measured ÷ predicted - 1, in percent. */
  readonly errorPercent: number;
}

export type SoakOutcome =
  | {
      readonly state: 'ran';
      readonly report: SoakReport;
      /** The goal that did not fit this machine, with the arithmetic; null when the whole goal was tried. */
      readonly shortened: { readonly wanted: number; readonly arithmetic: string } | null;
      readonly memory: MemoryPrediction | null;
    }
  /** `--quick`. */
  | { readonly state: 'skipped' }
  /** It could not begin: why. */
  | { readonly state: 'impossible'; readonly why: string };

/** One shipped profile's soak, of `--each-profile`. */
export interface ProfileSoak {
  readonly profile: string;
  readonly goal: number;
  readonly connections: number;
  readonly soak: SoakOutcome;
}

export type VerifyReason =
  | 'file-changed'
  | 'setting-lost'
  | 'setting-unreadable'
  | 'session-lost'
  | 'session-unchecked'
  | 'soak-failed'
  | 'soak-inconclusive'
  | 'goal-does-not-fit'
  | 'soak-impossible'
  | 'not-rebooted'
  | 'reboot-unknown'
  | 'not-confirmed'
  | 'not-root';

export interface VerifyVerdict {
  readonly state: 'passed' | 'failed' | 'inconclusive';
  readonly reasons: readonly VerifyReason[];
}

/** What a reader could wrongly take for proven. */
export type VerifyNote =
  | { readonly code: 'fewer-than-minimum'; readonly connections: number; readonly minimum: number }
  | { readonly code: 'below-goal'; readonly connections: number; readonly goal: number }
  | { readonly code: 'profile-moved'; readonly profile: string }
  | { readonly code: 'profile-gone'; readonly profile: string; readonly why: string }
  | { readonly code: 'other-profile'; readonly applied: string; readonly judged: string }
  | { readonly code: 'own-limit-below-sessions'; readonly own: string; readonly session: string };

export interface VerifyReport {
  readonly kind: 'tune-verify';
  readonly schemaVersion: typeof VERIFY_SCHEMA_VERSION;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Of tune. */
  readonly version: string;
  readonly host: {
    readonly kernelRelease: string;
    readonly distribution: string;
    readonly bootId: string | null;
  };
  readonly profile: { readonly name: string; readonly goal: number };
  readonly applied: AppliedSummary | null;
  readonly reboot: RebootState;
  readonly files: readonly FileCheck[];
  readonly settings: readonly SettingCheck[];
  readonly sessions: readonly SessionCheck[];
  /** Connections that the soak was to hold. */
  readonly connections: number;
  readonly soak: SoakOutcome;
  /** Empty without `--each-profile`. */
  readonly profiles: readonly ProfileSoak[];
  readonly notes: readonly VerifyNote[];
  readonly verdict: VerifyVerdict;
}
