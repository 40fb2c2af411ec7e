/** What our own files do for the next boot already: a line of ours that does its work stays. */
import type { BootOutcome } from './boot-view.ts';
import { isOurs } from './fragments/fragment.ts';
import { keysIn } from './fragments/keys.ts';

export interface Managed {
  /** Is it a line of ours that decides this key? Where the boot is not modelled for it: do we have a line for it at all? */
  readonly decides: (key: string, outcome: BootOutcome | null) => boolean;
}

export function managedFiles(existing: ReadonlyMap<string, string>): Managed {
  const ours = [...existing].filter(([, text]) => isOurs(text));
  const paths = new Set(ours.map(([path]) => path));
  const keys = new Set(ours.flatMap(([, text]) => keysIn(text)));
  return {
    decides: (key, outcome) =>
      outcome === null ? keys.has(key) : outcome.winner !== null && paths.has(outcome.winner.file),
  };
}
