/** What the loaders would complain about, and what they should have: a code with arguments, no prose. */
import type { Severity } from '../model/finding.ts';
import type { ConfigLine } from '../model/snapshot.ts';

export type ComplaintCode =
  // files
  | 'cannot-open'
  | 'dangling-symlink'
  | 'not-a-regular-file'
  | 'too-big'
  | 'too-many-entries'
  /** `detail`: how many more there are of which code. */
  | 'and-more'
  | 'hidden-file'
  | 'wrong-suffix'
  | 'never-read'
  | 'invalid-utf8'
  | 'nul-byte'
  | 'byte-order-mark'
  | 'line-too-long'
  // sysctl lines
  | 'not-an-assignment'
  | 'no-such-key'
  | 'glob-hits-nothing'
  | 'glob-too-large'
  | 'interface-name-has-dot'
  | 'names-a-directory'
  | 'read-only-key'
  | 'path-not-normalized'
  | 'outside-proc-sys'
  | 'repeated-separators'
  | 'erased-by-exclusion'
  | 'exclusion-matches-nothing'
  | 'loader-crashes'
  | 'value-refused'
  | 'value-partly-stored'
  | 'value-cut-short'
  | 'text-after-value'
  | 'module-loads-later'
  // limits
  | 'invalid-line'
  | 'invalid-range'
  | 'unknown-item'
  | 'unknown-type'
  | 'not-a-number'
  | 'number-cut-short'
  | 'negative-number'
  | 'soft-above-hard'
  | 'limit-refused'
  | 'logins-refused'
  | 'too-few-files'
  | 'group-only-for-logins'
  | 'stops-all-limits'
  | 'line-split'
  | 'outside-section'
  | 'wrong-section';

export interface Complaint {
  readonly code: ComplaintCode;
  readonly severity: Severity;
  readonly file: string;
  /** From 1; null when it is about the file as a whole. */
  readonly line: number | null;
  /** The line, cut to 200 characters; null when it is about the file as a whole. */
  readonly text: string | null;
  /** The code's argument: an errno, a key, a value, another file. */
  readonly detail: string | null;
}

const SHOWN = 200;

export function aboutLine(
  code: ComplaintCode,
  severity: Severity,
  at: ConfigLine,
  detail: string | null = null,
): Complaint {
  return { code, severity, file: at.file, line: at.line, text: at.text.slice(0, SHOWN), detail };
}

export function aboutFile(
  code: ComplaintCode,
  severity: Severity,
  file: string,
  detail: string | null = null,
): Complaint {
  return { code, severity, file, line: null, text: null, detail };
}
