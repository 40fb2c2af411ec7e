/** What to write in the scratch namespace, and what to leave and why. Pure. */

import { InputError } from '../model/error.ts';
import type { SettingFinding } from '../model/finding.ts';
import type { LiveWrite } from '../model/plan.ts';
import { formatRelation } from '../model/relation.ts';
import type { TrialSubject, UntriedReason, UntriedSetting } from '../model/trial.ts';
import type { Tunable } from '../model/tunable.ts';
import { formatValue, parseValue, type Value } from '../model/value.ts';

export interface TrialSettings {
  readonly writes: readonly LiveWrite[];
  readonly untried: readonly UntriedSetting[];
}

/** One value per network namespace: all that may be written there. */
export function isPerNamespace(tunable: Tunable | undefined): tunable is Tunable {
  return tunable !== undefined && tunable.reach === 'per-namespace' && tunable.access === 'read-write';
}

/**
 * `findings` are the profile's verdicts on the new namespace, `live` reads a key there.
 * @throws InputError for a value by hand that its key cannot have.
 */
export function trialSettings(
  subject: TrialSubject,
  findings: readonly SettingFinding[],
  tunables: ReadonlyMap<string, Tunable>,
  live: (key: string) => Value | null,
): TrialSettings {
  const writes: LiveWrite[] = [];
  const untried: UntriedSetting[] = [];
  for (const finding of findings) {
    const { key } = finding.setting;
    if (key in subject.set) continue;
    const tunable = tunables.get(key);
    const why = whyNot(finding, tunable, subject);
    if (why === null && tunable !== undefined && finding.live !== null && finding.remedy !== null) {
      writes.push(writeOf(tunable, finding.live, finding.remedy, finding.wanted, finding.setting.why));
    } else {
      const wanted = finding.wanted === null ? null : formatRelation(finding.wanted);
      const value = finding.live === null ? null : formatValue(finding.live);
      untried.push({ key, why: why ?? 'absent', value, wanted });
    }
  }
  for (const [key, text] of Object.entries(subject.set)) {
    const tunable = tunables.get(key);
    const value = tunable === undefined ? null : parseValue(tunable.shape, text);
    const before = live(key);
    if (tunable === undefined || value === null)
      throw new InputError(`"${text}" is not a value for ${key}`, '--set');
    if (before === null) throw new InputError(`a network namespace of this kernel has no ${key}`, '--set');
    writes.push(writeOf(tunable, before, value, null, 'by hand'));
  }
  return { writes, untried };
}

function whyNot(
  { verdict, setting }: SettingFinding,
  tunable: Tunable | undefined,
  subject: TrialSubject,
): UntriedReason | null {
  if (!isPerNamespace(tunable)) return 'host-wide';
  if (subject.without.includes(setting.key)) return 'left-out';
  if (verdict === 'not-applicable') return 'not-applicable';
  if (verdict === 'met') return 'default-is-fine';
  return verdict === 'unmet' ? null : 'absent';
}

function writeOf(
  { key, shape, negativeMeans }: Tunable,
  before: Value,
  after: Value,
  wanted: LiveWrite['wanted'] | null,
  reason: string,
): LiveWrite {
  const path = key.replaceAll('.', '/');
  const relation = wanted ?? ({ kind: 'exactly', value: after } as const);
  return { key, path, shape, negativeMeans: negativeMeans ?? null, before, after, wanted: relation, reason };
}
