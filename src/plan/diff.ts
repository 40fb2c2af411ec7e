/** Unified diffs of whole files, as `diff -u` prints them. */
import { formatPatch, structuredPatch } from 'diff';

const CONTEXT = 3;

export function unifiedDiff(path: string, before: string | null, after: string | null): string {
  const patch = structuredPatch(
    before === null ? '/dev/null' : `a${path}`,
    after === null ? '/dev/null' : `b${path}`,
    before ?? '',
    after ?? '',
    undefined,
    undefined,
    { context: CONTEXT },
  );
  return formatPatch(patch).replace(/^=+\n/, '');
}
