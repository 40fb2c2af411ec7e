/** What the plan needs to know about the next boot: a small view that the boot models are adapted to. */
import type { Value } from '../model/value.ts';

/** A line of a configuration file that sets a key. */
export interface Place {
  readonly file: string;
  readonly line: number;
  /** What it sets the key to; null when that cannot be told. */
  readonly value: Value | null;
  /** Who reads it: the loader of the boot, `sysctl --system` when somebody runs it, or both. */
  readonly loaders: 'boot' | 'by-hand' | 'both';
}

export interface BootOutcome {
  /** The value after the next boot; null when it is not known. */
  readonly value: Value | null;
  /** The line that wins; null when nothing sets the key and the kernel's or the manager's default stands. */
  readonly winner: { readonly file: string; readonly line: number } | null;
  /**
   * Lines that would beat a line in OUR file under its usual name (`zz-tune.conf`), in the order in which they are
   * read; the last one wins. Globs never beat a key that is named, so they do not belong here.
   */
  readonly later: readonly Place[];
}

export interface BootView {
  /**
   * Per key: a sysctl key, `limit.nofile.hard` and the like (a session of an ordinary user and of root: the lower),
   * `systemd.DefaultLimitNOFILE`, `systemd.LimitNOFILE` (of the service asked for). Null when it was not modelled.
   */
  outcome(key: string): BootOutcome | null;
  /** fs.nr_open after the next boot, from the files as they are now; null when it is not known. */
  readonly nrOpen: bigint | null;
  /** Does the service manager know this unit? Null when that cannot be told. */
  unitExists(unit: string): boolean | null;
}

/** Knows nothing: every setting is then written down. For `--emit`. */
export const NO_BOOT_VIEW: BootView = { outcome: () => null, nrOpen: null, unitExists: () => null };
