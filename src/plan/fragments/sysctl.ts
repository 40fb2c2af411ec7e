/** sysctl.d(5): one assignment per key, by name (a glob would lose to any file that names the key). */
import { formatValue, type Value } from '../../model/value.ts';
import { type Author, type Fragment, renderFragment } from './fragment.ts';

export interface SysctlLine {
  readonly key: string;
  readonly value: Value;
  readonly reason: string;
}

export function sysctlFragment(author: Author, lines: readonly SysctlLine[]): Fragment {
  return renderFragment(
    author,
    lines.map(({ key, value, reason }) => ({ key, reason, lines: [`${key} = ${formatValue(value)}`] })),
  );
}
