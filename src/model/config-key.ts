/** One line of a sysctl.d file as an assignment, with the key in one spelling, as sysctl.d(5) and sysctl.conf(5) read it. */
import type { ConfigLine } from './snapshot.ts';

export interface Assignment {
  /** Dots between components; a dot inside a component (`eth0.100`) is written as a slash: `net.ipv4.conf.eth0/100.rp_filter`. */
  readonly key: string;
  /** Below /proc/sys, e.g. `net/ipv4/conf/eth0.100/rp_filter`. May be a glob pattern. */
  readonly path: string;
  /** The key exactly as the file spells it. */
  readonly spelling: string;
  /** Trimmed text after the first `=`; an inline `# comment` is part of it, because the loaders pass it on. */
  readonly value: string;
  /** `-key = value`: a failed write is ignored. */
  readonly ignoreFailure: boolean;
}

/** Null for comments, blank lines, `-key` without a value (an exclusion) and anything that assigns nothing. */
export function assignmentOf(line: ConfigLine): Assignment | null {
  const text = line.text.trim();
  if (text === '' || text.startsWith('#') || text.startsWith(';')) return null;
  const equals = text.indexOf('=');
  if (equals === -1) return null;
  const ignoreFailure = text.startsWith('-');
  const spelling = text.slice(ignoreFailure ? 1 : 0, equals).trim();
  const path = pathOf(spelling);
  if (path === '') return null;
  return { key: swapSeparators(path), path, spelling, value: text.slice(equals + 1).trim(), ignoreFailure };
}

/** The first separator decides: after a dot every dot and slash changes places, after a slash the text is a path already. */
function pathOf(spelling: string): string {
  const first = /[./]/.exec(spelling)?.[0];
  const path = first === '.' ? swapSeparators(spelling) : spelling;
  const components = path.split('/').filter((component) => component !== '');
  // Both loaders refuse to climb out of /proc/sys.
  return components.some((component) => component === '.' || component === '..') ? '' : components.join('/');
}

function swapSeparators(text: string): string {
  return text.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

export function isGlob(assignment: Assignment): boolean {
  return /[*?[]/.test(assignment.path);
}
