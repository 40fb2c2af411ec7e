/**
 * One line of a sysctl.d file, under the grammar of each loader: systemd-sysctl (sysctl.c, fileio.c:read_line) and
 * procps (sysctl.c:parse_setting_line). They differ in what ends a line, what is blank and what may follow a dash.
 */
import { isGlob } from './glob.ts';

export type Grammar = 'systemd' | 'procps';

export type LineMeaning =
  /** Blank, a comment, or too short for procps to look at. */
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'assignment';
      /** Below /proc/sys, as the loader spells it: it may hold globs, and for procps `//` or `..`. */
      readonly path: string;
      readonly value: string;
      readonly ignoreFailure: boolean;
      readonly glob: boolean;
      /** procps warns about two separators in a row. */
      readonly repeatedSeparators: boolean;
    }
  | { readonly kind: 'exclusion'; readonly path: string; readonly glob: boolean }
  | { readonly kind: 'malformed' };

/** systemd ends a line at any of \n, \r, NUL or a mix of different ones; a line of 1 MiB ends the reading. */
const SYSTEMD_LINE_END = /\n\r\0|\r\n\0|\n\r|\r\n|\n\0|\r\0|\n|\r|\0/;
const SYSTEMD_LINE_MAX = 1 << 20;
const NAME_MAX = 255;
const SYSTEMD_BLANK = ' \t\n\r';
const PROCPS_BLANK = ' \t\n\v\f\r';

export interface Lines {
  readonly lines: readonly string[];
  /** True when the loader stops before the end: a line was too long. The lines before it count. */
  readonly cut: boolean;
}

/** The lines as the loader counts them, without their ends. */
export function splitLines(grammar: Grammar, text: string): Lines {
  if (grammar === 'procps') {
    const raw = text.split('\n');
    return { lines: raw.map((line, i) => asCString(line, i < raw.length - 1)), cut: false };
  }
  const lines = text.split(SYSTEMD_LINE_END);
  const long =
    text.length * 3 < SYSTEMD_LINE_MAX
      ? -1
      : lines.findIndex((line) => Buffer.byteLength(line) >= SYSTEMD_LINE_MAX);
  return long === -1 ? { lines, cut: false } : { lines: lines.slice(0, long), cut: true };
}

/** procps reads a line as a C string, its newline included, and passes over what is shorter than two bytes. */
function asCString(line: string, newline: boolean): string {
  const end = line.indexOf('\0');
  if (newline && end === -1) return line;
  const text = end === -1 ? line : line.slice(0, end);
  // A byte that is no UTF-8 reads as U+FFFD: it counts as the one byte that it was.
  const bytes = Buffer.byteLength(stripLeft(text, PROCPS_BLANK).replaceAll('\uFFFD', '?'));
  return bytes < 2 ? '' : text;
}

/** What the loader makes of one line. */
export function readLine(grammar: Grammar, line: string): LineMeaning {
  return grammar === 'systemd' ? readSystemdLine(line) : readProcpsLine(line);
}

function readSystemdLine(line: string): LineMeaning {
  const text = strip(line, SYSTEMD_BLANK);
  if (text === '' || '#;'.includes(text.charAt(0))) return { kind: 'nothing' };
  const dash = text.startsWith('-');
  const equals = text.indexOf('=');
  if (equals === -1) {
    if (!dash) return { kind: 'malformed' };
    const path = systemdPath(strip(text.slice(1), SYSTEMD_BLANK));
    return { kind: 'exclusion', path, glob: isGlob(path) };
  }
  const path = systemdPath(strip(text.slice(dash ? 1 : 0, equals), SYSTEMD_BLANK));
  const value = strip(text.slice(equals + 1), SYSTEMD_BLANK);
  return {
    kind: 'assignment',
    path,
    value,
    ignoreFailure: dash,
    glob: isGlob(path),
    repeatedSeparators: false,
  };
}

function readProcpsLine(line: string): LineMeaning {
  const text = stripLeft(line, PROCPS_BLANK);
  if (text === '' || '#;'.includes(text.charAt(0))) return { kind: 'nothing' };
  const dash = text.startsWith('-');
  const equals = text.indexOf('=');
  if (equals === -1) {
    if (!dash) return { kind: 'malformed' };
    const path = procpsPath(stripRightButOne(text.slice(1)));
    return { kind: 'exclusion', path, glob: isGlob(path) };
  }
  const key = stripRightButOne(text.slice(dash ? 1 : 0, equals));
  const value = strip(text.slice(equals + 1), PROCPS_BLANK);
  const path = procpsPath(key);
  const repeatedSeparators = /^[^./]*\./.test(key) && /[./]{2}/.test(key);
  return { kind: 'assignment', path, value, ignoreFailure: dash, glob: isGlob(path), repeatedSeparators };
}

/** sysctl_normalize: the first separator decides, then the path is tidied up and one leading slash goes. */
function systemdPath(key: string): string {
  const simple = simplify(swapSeparators(key));
  return simple.length > 1 && simple.startsWith('/') ? simple.slice(1) : simple;
}

/** path_simplify: no empty and no `.` parts; what follows (and includes) a part of over 255 bytes is left as it is. */
function simplify(path: string): string {
  const root = path.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (let rest = path.slice(root.length); ; ) {
    const first = rest.replace(/^(?:\/|\.\/)+/, '');
    if (first === '' || first === '.') return root + parts.join('/');
    const name = first.split('/', 1)[0] ?? '';
    if (Buffer.byteLength(name) > NAME_MAX) return root + [...parts, rest].join('/');
    parts.push(name);
    rest = first.slice(name.length).replace(/^(?:\/|\.\/)+/, '');
  }
}

/** setting_new: a second dash is dropped too; nothing is tidied up. */
function procpsPath(key: string): string {
  return swapSeparators(key.startsWith('-') ? key.slice(1) : key);
}

/** When the first separator is a dot, dots and slashes change places; otherwise the text is a path already. */
function swapSeparators(key: string): string {
  return /^[^./]*\./.test(key) ? key.replace(/[./]/g, (c) => (c === '.' ? '/' : '.')) : key;
}

function strip(text: string, blank: string): string {
  return stripRight(stripLeft(text, blank), blank);
}

function stripLeft(text: string, blank: string): string {
  let start = 0;
  while (start < text.length && blank.includes(text.charAt(start))) start++;
  return text.slice(start);
}

function stripRight(text: string, blank: string): string {
  let end = text.length;
  while (end > 0 && blank.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** procps's rstrip never removes the first character, blank or not. */
function stripRightButOne(text: string): string {
  return text === '' ? '' : text.charAt(0) + stripRight(text.slice(1), PROCPS_BLANK);
}
