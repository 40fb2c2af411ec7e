/**
 * glob(3) as glibc has it: what a pattern in a sysctl key (or, for procps, in a file's name) matches.
 * Brace expansion is bounded.
 */
import { compileName, type NameUnit } from './fnmatch.ts';
import { compareBytes } from './tree.ts';

/** A directory tree to match against; `..` goes through `parent`. */
export interface PathNode {
  readonly parent: PathNode | null;
  /** null for a file. */
  readonly children: ReadonlyMap<string, PathNode> | null;
}

export interface GlobOptions {
  /** GLOB_BRACE: `{a,b}`; where no alternative matches anything, the braces are taken literally (GLOB_NOCHECK). */
  readonly braces: boolean;
  /** readdir gives `.` and `..`, so that `.*` matches them (systemd's own readdir leaves them out). */
  readonly dotEntries: boolean;
  readonly unit: NameUnit;
}

export const MAX_ALTERNATIVES = 1024;

/** Names compared over one run: some seconds' worth, a thousand times what real files ask for. */
const BUDGET = 4_000_000;
const BRACE_COST = 8;

/** string_is_glob of systemd and procps: any of these characters, closed bracket or not. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/** Expands patterns against one tree; remembers what it has expanded, and gives up when a file asks for too much. */
export class GlobExpander {
  readonly #root: PathNode;
  readonly #options: GlobOptions;
  readonly #known = new Map<string, readonly string[] | null>();
  #budget = BUDGET;

  constructor(root: PathNode, options: GlobOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** Paths that exist and match, in byte order for each brace alternative; null when the pattern is too large. */
  expand(pattern: string): readonly string[] | null {
    const known = this.#known.get(pattern);
    if (known !== undefined) return known;
    const found = this.#budget > 0 ? this.#expandNew(pattern) : null;
    this.#known.set(pattern, found);
    return found;
  }

  #expandNew(pattern: string): readonly string[] | null {
    const alternatives = this.#options.braces ? expandBraces(pattern) : [pattern];
    this.#budget -= BRACE_COST * (alternatives?.length ?? MAX_ALTERNATIVES);
    if (alternatives === null) return null;
    const found = alternatives.flatMap((one) => this.#expandOne(one));
    const all = found.length > 0 || alternatives[0] === pattern ? found : this.#expandOne(pattern);
    return this.#budget > 0 ? all : null;
  }

  #expandOne(pattern: string): readonly string[] {
    let found: { node: PathNode; path: string }[] = [{ node: this.#root, path: '' }];
    // `PATTERN/` is PATTERN with a slash after each directory; a file matches, slash or not, where its name is plain.
    const marked = pattern.endsWith('/');
    const parts = pattern.replace(/\/+$/, '').split('/').slice(1);
    for (const [i, written] of parts.entries()) {
      // An escaped slash is a slash.
      const part =
        i < parts.length - 1 && /(?<!\\)(?:\\\\)*\\$/.test(written) ? written.slice(0, -1) : written;
      const matches = isLiteral(part) ? null : compileName(part, this.#options.unit);
      found = found.flatMap(({ node, path }) => {
        if (node.children === null) return [];
        if (matches === null) {
          const next = step(node, part);
          return next === null ? [] : [{ node: next, path: `${path}/${part}` }];
        }
        const names = [...(this.#options.dotEntries ? ['.', '..'] : []), ...node.children.keys()];
        this.#budget -= names.length;
        if (this.#budget <= 0) return [];
        return names.filter(matches).flatMap((name) => {
          const next = step(node, name);
          return next === null ? [] : [{ node: next, path: `${path}/${name}` }];
        });
      });
    }
    const plainEnd = isLiteral(parts.at(-1) ?? '');
    return found
      .filter(({ node }) => !marked || plainEnd || node.children !== null)
      .map(({ node, path }) => (marked && node.children !== null ? `${path}/` : path))
      .sort(compareBytes);
  }
}

/** One component of path resolution; null when there is no such entry or `node` is a file. */
export function step(node: PathNode, name: string): PathNode | null {
  if (node.children === null) return null;
  if (name === '' || name === '.') return node;
  if (name === '..') return node.parent ?? node;
  return node.children.get(name) ?? null;
}

function isLiteral(part: string): boolean {
  return !/[*?[\\]/.test(part);
}

/** GLOB_BRACE: alternatives from left to right; null when there are more than MAX_ALTERNATIVES. */
export function expandBraces(pattern: string): readonly string[] | null {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const group = firstGroup(next);
    if (group === null) done.push(next);
    else {
      const { before, choices, after } = group;
      open.push(...choices.map((choice) => before + choice + after).reverse());
    }
    if (done.length + open.length > MAX_ALTERNATIVES) return null;
  }
  return done;
}

/** The first `{…}`; null when there is none or it is not closed: glibc then takes the rest literally. */
function firstGroup(pattern: string): { before: string; choices: string[]; after: string } | null {
  const start = openBrace(pattern);
  if (start === -1) return null;
  const cuts = [start];
  let depth = 0;
  for (let i = start + 1; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\') i++;
    else if (c === '{') depth++;
    else if (c === ',' && depth === 0) cuts.push(i);
    else if (c === '}' && depth-- === 0) {
      cuts.push(i);
      const choices = cuts.slice(1).map((cut, n) => pattern.slice((cuts[n] ?? 0) + 1, cut));
      return { before: pattern.slice(0, start), choices, after: pattern.slice(i + 1) };
    }
  }
  return null;
}

function openBrace(pattern: string): number {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === '{') return i;
  }
  return -1;
}
