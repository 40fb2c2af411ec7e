import { compareRelease } from './machine.ts';
import type { Tunable } from './tunable.ts';
import { parseValue, type Value } from './value.ts';

/** The kernel's own default, where it does not depend on the machine; null otherwise. */
export function kernelDefault(tunable: Tunable, release: string): Value | null {
  // A triple's defaults depend on RAM, whatever the usual numbers are.
  if (tunable.shape.kind === 'tuple') return null;
  const fitting = tunable.defaults.filter(
    ({ from, until }) =>
      (from === undefined || compareRelease(release, from) >= 0) &&
      (until === undefined || compareRelease(release, until) <= 0),
  );
  const [only] = fitting;
  return fitting.length === 1 && only !== undefined && only.value !== null
    ? parseValue(tunable.shape, only.value)
    : null;
}
