/** Why a value is asked for: the profile's words, then how the number came about. */
import type { SettingFinding } from '../model/finding.ts';

export function reasonOf({ setting, arithmetic }: SettingFinding): string {
  const why = setting.why.replace(/\s+/g, ' ').trim();
  return arithmetic.length === 0 ? why : `${why} (${arithmetic.join('; ')})`;
}
