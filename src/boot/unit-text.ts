/** Assignments of an ini file of systemd (unit, drop-in, system.conf), as conf-parser.c reads them. */
import type { ConfigLine } from '../model/snapshot.ts';
import { splitLines } from './sysctl-line.ts';

export interface UnitAssignment {
  /** '' before the first header. */
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** The line on which it ends. */
  readonly at: ConfigLine;
}

export function unitAssignments(file: string, text: string): readonly UnitAssignment[] {
  const found: UnitAssignment[] = [];
  let section = '';
  let held = '';
  const take = (whole: string, line: number): boolean => {
    const stripped = whole.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, '');
    if (stripped.startsWith('[')) {
      // A header that is not closed ends the reading of the file.
      if (!stripped.endsWith(']')) return false;
      section = stripped.slice(1, -1);
      return true;
    }
    const equals = stripped.indexOf('=');
    if (equals > 0) {
      const key = stripped.slice(0, equals).trimEnd();
      found.push({
        section,
        key,
        value: stripped.slice(equals + 1).trim(),
        at: { file, line, text: stripped },
      });
    }
    return true;
  };
  const { lines } = splitLines('systemd', text.replace(/^\uFEFF/, ''));
  for (const [i, line] of lines.entries()) {
    if (/^[ \t\n\r]*[#;]/.test(line)) continue;
    const backslashes = /\\*$/.exec(line)?.[0].length ?? 0;
    if (backslashes % 2 === 1) {
      held += `${line.slice(0, -1)} `;
      continue;
    }
    if (!take(held + line, i + 1)) return found;
    held = '';
  }
  if (held !== '') take(held, lines.length);
  return found;
}
