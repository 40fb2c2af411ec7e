/** Who took a value. Pure: from what the next boot would make of the key, and from the state of our own files. */
import type { BootPrediction } from '../model/finding.ts';
import { equalValues, type Value } from '../model/value.ts';
import type { Culprit, FileCheck } from '../model/verify.ts';

export interface Loss {
  readonly live: Value | null;
  readonly boot: BootPrediction | null;
  /** Our file that carries the key, as it is now; null when none does. */
  readonly ours: FileCheck | null;
  readonly everApplied: boolean;
  /** Does the value of the next boot satisfy what is wanted? */
  readonly bootIsFine: boolean;
}

/**
 * In the order of what is certain: our file is not as written; another line gives just the value that is live; a
 * module came too late; a program is known to write it; or the files are right and somebody wrote it since.
 */
export function culpritOf({ live, boot, ours, everApplied, bootIsFine }: Loss): Culprit {
  if (ours !== null && ours.state !== 'as-written')
    return { kind: 'our-file', path: ours.path, state: ours.state };
  const gives = boot?.value ?? null;
  const explains = live === null || (gives !== null && equalValues(gives, live)) || !bootIsFine;
  if (boot !== null && explains && boot.at !== null && boot.at.file !== ours?.path)
    return { kind: 'line', at: boot.at };
  if (boot?.by === 'cmdline' && explains) return { kind: 'cmdline' };
  if (boot !== null && boot.lateModule !== null) return { kind: 'late-module', module: boot.lateModule };
  if (boot !== null && boot.later.length > 0)
    return { kind: 'later-writers', names: [...new Set(boot.later)] };
  if (!everApplied) return { kind: 'never-applied' };
  return bootIsFine ? { kind: 'written-since' } : { kind: 'unknown' };
}
