/**
 * A plan: what would be changed and why, as a document. Made without touching anything, shown, stored, and executed
 * only while the facts it rests on still hold.
 */
import type { Relation } from './relation.ts';
import type { Effect } from './tunable.ts';
import type { Shape, Value } from './value.ts';

export const PLAN_SCHEMA_VERSION = 1;

/** One fact the plan rests on. `id` names it (`live:net.core.somaxconn`, `file:/etc/…`), `value` is compared as text. */
export interface BasisFact {
  readonly id: string;
  readonly value: string;
}

/** One write to /proc/sys: always the whole canonical vector, since the kernel merges short ones into what is there. */
export interface LiveWrite {
  readonly key: string;
  /** Below /proc/sys/. */
  readonly path: string;
  readonly shape: Shape;
  /** Set where the kernel's negative numbers mean "no limit" for this key. */
  readonly negativeMeans: 'unlimited' | null;
  readonly before: Value;
  readonly after: Value;
  /** What the value read back must satisfy; the kernel may round what it is given. */
  readonly wanted: Relation;
  readonly reason: string;
}

/** Why a line stands in a file. */
export interface LineReason {
  /** From 1, in the new content. */
  readonly line: number;
  readonly key: string;
  readonly reason: string;
}

export interface FileChange {
  readonly path: string;
  /** Null when the file is not there. */
  readonly before: string | null;
  /** Null when the file is removed: one of our own that is not needed any more. */
  readonly after: string | null;
  readonly mode: number;
  readonly lines: readonly LineReason[];
  /** Unified, three lines of context. */
  readonly diff: string;
}

/** What is run after the files are in place (and again after they are put back). */
export type PlannedAction =
  /** `systemctl daemon-reload`: reads unit drop-ins and DefaultLimitNOFILE again; running services keep their limits. */
  | 'systemd-reload'
  /** A login session through PAM must still open with the new limits. */
  | 'session-check';

/** Something the plan cannot make felt by itself: what must happen besides. */
export interface EffectNote {
  readonly key: string;
  readonly effect: Exclude<Effect, 'now' | 'never'>;
  /** Listeners or services concerned, `0.0.0.0:443`, `nginx.service`; empty when it is all of them. */
  readonly subjects: readonly string[];
}

export type WithheldCode =
  /** The value would go down, and --allow-lowering was not given. */
  | 'lowering'
  /** The kernel does not have the key, and the profile only recommends it. */
  | 'absent'
  /** It can only be set in the initial network namespace. */
  | 'child-namespace'
  /** It cannot be changed at run time. */
  | 'not-settable'
  /** Of an image: its default depends on the machine that the image will run on. */
  | 'depends-on-machine';

/**
 * A setting that the plan leaves as it is, and why. A required one is refused instead, but for what depends on the
 * machine that an image will run on.
 */
export interface Withheld {
  readonly key: string;
  readonly code: WithheldCode;
  readonly what: string;
  readonly remedy: string;
}

/** A line that is read after ours and that ours beats (by its name), or that wins when someone runs `sysctl --system`. */
export interface Beaten {
  readonly key: string;
  readonly file: string;
  readonly line: number;
  readonly how: 'outranked' | 'wins-by-hand';
}

/** Programs that may write a key after the boot, whatever the files say. */
export interface LaterWriters {
  readonly key: string;
  /** `ufw`, `tuned` … */
  readonly programs: readonly string[];
}

export interface Plan {
  readonly schemaVersion: typeof PLAN_SCHEMA_VERSION;
  /** `host`: this running machine. `files`: fragments only, for an image or to look at. */
  readonly target: 'host' | 'files';
  readonly profile: { readonly name: string; readonly digest: string; readonly goal: bigint };
  readonly basis: readonly BasisFact[];
  /** In the order in which they are made. */
  readonly writes: readonly LiveWrite[];
  /** In the order in which they are put in place. */
  readonly files: readonly FileChange[];
  readonly actions: readonly PlannedAction[];
  readonly effects: readonly EffectNote[];
  readonly beaten: readonly Beaten[];
  readonly laterWriters: readonly LaterWriters[];
  readonly withheld: readonly Withheld[];
}

/** Why nothing may be written: found before the first write, with the numbers. */
export interface Refusal {
  /** Stable identifier, `nofile-above-nr-open`. */
  readonly code: string;
  /** The key, file, option or program it is about. */
  readonly subject: string;
  /** One sentence: what is. */
  readonly what: string;
  /** How the numbers came about; empty where there are none. */
  readonly arithmetic: readonly string[];
  /** One sentence: what to do. */
  readonly remedy: string;
}

/** A fact that moved between the plan and now. */
export interface StaleFact {
  readonly id: string;
  readonly was: string;
  readonly is: string;
}

export function isEmptyPlan(plan: Plan): boolean {
  return plan.writes.length === 0 && plan.files.length === 0;
}
