/** From evidence to one limit. Pure. */
import type { Blame } from '../model/soak.ts';
import { BLAME_TABLE } from './blame-table.ts';
import type { Evidence } from './evidence.ts';

export interface Judged {
  readonly blame: Blame;
  readonly judges: 'host' | 'generator' | 'machine';
}

/** The first row of the table that the evidence fits; null when none does. */
export function findBlame(evidence: Evidence): Judged | null {
  for (const row of BLAME_TABLE) {
    const found = row.match(evidence);
    if (found !== null) {
      return { blame: { code: row.code, limit: row.limit, ...found }, judges: row.judges(evidence) };
    }
  }
  return null;
}
