/** YAML text → a validated profile document that still knows the line of every setting. */
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type * as z from 'zod/mini';
import { InputError } from '../model/error.ts';
import { FIELD_RELATIONS, type ProfileDocument, profileDocument, RELATIONS } from './schema.ts';
import { hint } from './suggest.ts';

/** A profile is a page of text; anything larger is a mistake or an attack. */
export const LARGEST_PROFILE = 1 << 20;
/** Enough for shared notes; an exponential alias bomb stops here. */
const MOST_ALIASES = 50;

const TOP_KEYS = ['name', 'title', 'description', 'goal', 'workload', 'extends', 'settings'];
const SETTING_KEYS = [...RELATIONS, 'level', 'when', 'why', 'source'];
const FORMULA_KEYS = ['timesGoal', 'shareOfRam', 'plus', 'roundUpTo', 'noLessThan', 'noMoreThan'];

export interface ParsedDocument {
  readonly document: ProfileDocument;
  readonly file: string;
  /** Line of each setting's key, from 1. */
  readonly lines: Readonly<Record<string, number>>;
}

/** @throws InputError with file:line for YAML errors, wrong types, unknown and missing fields. */
export function parseProfile(text: string, file: string): ParsedDocument {
  const counter = new LineCounter();
  const yaml = parseDocument(text, {
    intAsBigInt: true,
    uniqueKeys: true,
    lineCounter: counter,
    prettyErrors: false,
  });
  const problem = yaml.errors[0];
  if (problem) {
    throw new InputError(firstLine(problem.message), `${file}:${counter.linePos(problem.pos[0]).line}`);
  }
  const lineOf = (path: readonly PropertyKey[]) => lineAt(yaml.contents, path, counter);
  const checked = profileDocument.safeParse(toPlain(yaml, file), { reportInput: true });
  if (!checked.success) {
    const issue = deepest(checked.error.issues);
    throw new InputError(describe(issue), `${file}:${lineOf(issue.path)}`);
  }
  const lines = Object.fromEntries(
    Object.keys(checked.data.settings).map((key) => [key, lineOf(['settings', key])]),
  );
  return { document: checked.data, file, lines };
}

function toPlain(yaml: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return yaml.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw new InputError(`too many YAML aliases (${firstLine(String((error as Error).message))})`, file);
  }
}

/** The line of the key at a path, or of the deepest part of the path that exists; 1 for the document itself. */
function lineAt(root: Node | null | undefined, path: readonly PropertyKey[], counter: LineCounter): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const part of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
    if (!pair) break;
    offset = (pair.key as Node).range?.[0] ?? offset;
    node = pair.value;
  }
  return counter.linePos(offset).line;
}

type Issue = z.core.$ZodIssue;

/** A union reports all its branches: the one that got furthest is what the author meant. */
function deepest(issues: readonly Issue[]): Issue {
  const [first] = issues;
  if (first === undefined) throw new Error('zod failed without an issue');
  if (first.code !== 'invalid_union') return first;
  const branches = first.errors.filter((branch) => branch.length > 0).map(deepest);
  const further = branches.filter(
    (issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys' || issue.code === 'custom',
  );
  const [chosen] = further.sort((a, b) => b.path.length - a.path.length);
  if (chosen === undefined) return first;
  return { ...chosen, path: [...first.path, ...chosen.path] } as Issue;
}

function describe(issue: Issue): string {
  const where = issue.path.map(String);
  const at =
    where.length === 0
      ? 'the profile'
      : where.length > 1 && where[0] === 'settings'
        ? where.slice(1).join(' → ')
        : where.join(' → ');
  switch (issue.code) {
    case 'unrecognized_keys': {
      const key = issue.keys[0] ?? '?';
      return `${at}: unknown field "${key}"${hint(key, knownKeys(where))}`;
    }
    case 'invalid_type':
      return issue.input === undefined ? `${at}: missing` : `${at}: expected ${article(issue.expected)}`;
    case 'invalid_value':
      return `${at}: must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return `${at}: expected a whole number, "unlimited", or a formula (timesGoal or shareOfRam)`;
    default:
      return issue.message === 'Invalid input' ? `${at}: not valid` : `${at}: ${issue.message}`;
  }
}

function knownKeys(path: readonly string[]): readonly string[] {
  if (path.length === 0) return TOP_KEYS;
  if (path.length === 2) return SETTING_KEYS;
  if (path.length === 4 && path[2] === 'fields') return FIELD_RELATIONS;
  return FORMULA_KEYS;
}

function article(expected: string): string {
  const words: Record<string, string> = {
    string: 'text',
    bigint: 'a whole number',
    record: 'a mapping',
    object: 'a mapping',
    array: 'a list',
    tuple: 'a list of two values',
  };
  return words[expected] ?? expected;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
