/**
 * fnmatch(3) of glibc for one name: `*`, `?`, brackets and escapes, FNM_PERIOD. Linear in pattern × name.
 * Collating symbols ([.x.], [=x=]) match their one character.
 */
import { compareBytes } from './tree.ts';

/** Does `?` stand for a byte (C locale), or for a character or a byte (UTF-8 locales)? */
export type NameUnit = 'byte' | 'character';

type Matcher =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'set'; readonly has: (unit: string) => boolean }
  | { readonly kind: 'literal'; readonly unit: string };

/** fnmatch of one name against one component, FNM_PERIOD: a leading dot is matched by a literal dot only. */
export function compileName(pattern: string, unit: NameUnit): (name: string) => boolean {
  const bytes = compileUnits(pattern, 'byte');
  // In a UTF-8 locale glibc tries characters first and, where they do not match, bytes.
  if (unit === 'byte' || !/[^\x00-\x7f]|[?[]/.test(pattern)) return bytes;
  const characters = compileUnits(pattern, 'character');
  return (name) => characters(name) || bytes(name);
}

function compileUnits(pattern: string, unit: NameUnit): (name: string) => boolean {
  const parts = compile(units(pattern, unit), unit === 'byte' ? ASCII_CLASSES : UNICODE_CLASSES);
  const least = parts.filter(({ kind }) => kind !== 'star').length;
  return (name) => {
    const text = units(name, unit);
    if (text.length < least) return false;
    if (text[0] === '.' && !(parts[0]?.kind === 'literal' && parts[0].unit === '.')) return false;
    return matchUnits(parts, text);
  };
}

function units(text: string, unit: NameUnit): readonly string[] {
  return unit === 'byte' && /[^\x00-\x7f]/.test(text) ? [...Buffer.from(text).toString('latin1')] : [...text];
}

/** Greedy matching that only ever returns to the last star: linear in pattern × text. */
function matchUnits(parts: readonly Matcher[], text: readonly string[]): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const part = parts[p];
    if (part?.kind === 'star') {
      star = p++;
      resume = t;
    } else if (part !== undefined && matchesUnit(part, text[t] ?? '')) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  return parts.slice(p).every(({ kind }) => kind === 'star');
}

function matchesUnit(part: Matcher, unit: string): boolean {
  if (part.kind === 'literal') return part.unit === unit;
  return part.kind === 'set' ? part.has(unit) : true;
}

function compile(pattern: readonly string[], classes: Classes): readonly Matcher[] {
  const parts: Matcher[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? '';
    if (c === '*') parts.push({ kind: 'star' });
    else if (c === '?') parts.push({ kind: 'any' });
    else if (c === '\\') parts.push(escaped(pattern[++i]));
    else if (c === '[') {
      const set = bracket(pattern, i, classes);
      if (set === null) parts.push({ kind: 'literal', unit: '[' });
      else {
        parts.push({ kind: 'set', has: set.has });
        i = set.end;
      }
    } else parts.push({ kind: 'literal', unit: c });
  }
  return parts;
}

/** A backslash at the end makes the whole pattern match nothing. */
function escaped(unit: string | undefined): Matcher {
  return unit === undefined ? { kind: 'set', has: () => false } : { kind: 'literal', unit };
}

type Classes = Readonly<Record<string, RegExp>>;

const ASCII_CLASSES: Classes = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** As C.UTF-8 has them, near enough for the names of network interfaces. */
const UNICODE_CLASSES: Classes = {
  ...ASCII_CLASSES,
  alnum: /[0-9\p{L}\p{N}]/u,
  alpha: /[\p{L}]/u,
  graph: /[\x21-\x7e]|[^\x00-\xa0]/u,
  lower: /\p{Ll}/u,
  print: /[\x20-\x7e]|[^\x00-\x9f]/u,
  punct: /[!-/:-@[-`{-~]|[^\x00-\xa0\p{L}\p{N}]/u,
  upper: /\p{Lu}/u,
};

/** A bracket expression that starts at `pattern[start]`; null when it is not closed and `[` stands for itself. */
function bracket(
  pattern: readonly string[],
  start: number,
  classes: Classes,
): { has: (unit: string) => boolean; end: number } | null {
  const tests: ((unit: string) => boolean)[] = [];
  let i = start + 1;
  const negated = pattern[i] === '!' || pattern[i] === '^';
  if (negated) i++;
  for (let first = true; ; first = false) {
    const c = pattern[i];
    if (c === undefined) return null;
    if (c === ']' && !first) break;
    const special = c === '[' ? namedSet(pattern, i, classes) : null;
    if (special !== null) {
      tests.push(special.has);
      i = special.end + 1;
      continue;
    }
    let low = c;
    if (c === '\\') low = pattern[++i] ?? '';
    if (low === '') return null;
    i++;
    if (pattern[i] === '-' && pattern[i + 1] !== undefined && pattern[i + 1] !== ']') {
      let high = pattern[i + 1] ?? '';
      i += 2;
      if (high === '\\') high = pattern[i++] ?? '';
      tests.push((unit) => compareBytes(low, unit) <= 0 && compareBytes(unit, high) <= 0);
    } else tests.push((unit) => unit === low);
  }
  return { has: (unit) => tests.some((test) => test(unit)) !== negated, end: i };
}

function namedSet(
  pattern: readonly string[],
  start: number,
  classes: Classes,
): { has: (unit: string) => boolean; end: number } | null {
  const mark = pattern[start + 1] ?? '';
  if (mark === '' || !':.='.includes(mark)) return null;
  const close = pattern.findIndex((c, j) => j > start + 1 && c === mark && pattern[j + 1] === ']');
  if (close === -1) return null;
  const name = pattern.slice(start + 2, close).join('');
  const known = classes[name];
  const has = mark === ':' ? (unit: string) => known?.test(unit) === true : (unit: string) => unit === name;
  return { has, end: close + 1 };
}
