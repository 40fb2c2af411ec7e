/** The assignments in the host's sysctl files, in the order in which the files are applied. */
import { type Assignment, assignmentOf } from '../../model/config-key.ts';
import type { BootPrediction } from '../../model/finding.ts';
import type { ConfigLine, Snapshot } from '../../model/snapshot.ts';

export interface Assigned extends Assignment {
  /** `file:line`. */
  readonly where: string;
  readonly file: string;
}

/** `99-sysctl.conf` is a symlink to /etc/sysctl.conf on many hosts: its lines are not told twice. */
const SYMLINK = '/etc/sysctl.d/99-sysctl.conf';
const TARGET = '/etc/sysctl.conf';

export function assignmentsIn(snapshot: Snapshot): readonly Assigned[] {
  const target = new Set(snapshot.configLines.filter((line) => line.file === TARGET).map(identity));
  return snapshot.configLines
    .filter((line) => !(line.file === SYMLINK && target.has(identity(line))))
    .flatMap((line) => {
      const assignment = assignmentOf(line);
      return assignment === null
        ? []
        : [{ ...assignment, where: `${line.file}:${line.line}`, file: line.file }];
    });
}

/** Does another line win, both at boot and with `sysctl --system`? False where that was not modelled. */
export function isBeaten({ where }: Assigned, boot: BootPrediction | null): boolean {
  if (boot?.by !== 'file' || boot.at === null) return false;
  return [boot.at, boot.manual?.at ?? boot.at].every(({ file, line }) => {
    return `${file === SYMLINK ? TARGET : file}:${line}` !== where && `${file}:${line}` !== where;
  });
}

function identity(line: ConfigLine): string {
  return `${line.line} ${line.text}`;
}

/** Keys that a line of the form `-key` (no equals sign) keeps out of every glob (sysctl.d(5)). */
export function excludedFromGlobs(snapshot: Snapshot): ReadonlySet<string> {
  const keys = snapshot.configLines.flatMap((line) => {
    const name = /^-\s*([^=]+)$/.exec(line.text.trim())?.[1];
    const named = name === undefined ? null : assignmentOf({ ...line, text: `${name.trim()} = 0` });
    return named === null ? [] : [named.key];
  });
  return new Set(keys);
}
