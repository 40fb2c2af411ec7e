/** Live verdict × next boot → the verdict: what is met now may be lost at the reboot, and the other way round. */
import type { BootPrediction, Verdict } from '../model/finding.ts';
import { type Relation, satisfies } from '../model/relation.ts';

/**
 * Only a known value of the next boot changes a verdict. A key that no file sets and whose default depends on the
 * machine is judged by what it is now.
 */
export function withBoot(live: 'met' | 'unmet', wanted: Relation, boot: BootPrediction | null): Verdict {
  if (boot === null || boot.value === null) return live;
  const willBe = satisfies(wanted, boot.value);
  if (willBe) return live === 'met' ? 'met' : 'pending';
  const beaten = boot.losing.some(({ value }) => value !== null && satisfies(wanted, value));
  if (beaten) return 'shadowed';
  return live === 'met' ? 'lost-at-reboot' : 'unmet';
}
