/** A plan as short text, for tests to compare. */
import type { Plan } from '../../src/model/plan.ts';
import { formatValue } from '../../src/model/value.ts';

export const SYSCTL = '/etc/sysctl.d/zz-tune.conf';
/** The beginning of a file that an earlier apply wrote. */
export const OURS = '# Managed by tune: a test\n';

export const writes = (plan: Plan) => plan.writes.map(({ key, after }) => `${key} = ${formatValue(after)}`);

/** The new content of the file whose path holds this. */
export const file = (plan: Plan, name: string) =>
  plan.files.find(({ path }) => path.includes(name))?.after ?? null;

export const settingLines = (text: string | null) =>
  (text ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
