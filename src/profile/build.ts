/** Validated documents → one profile: parents merged, every key known, every relation fit for its key's shape. */
import { InputError } from '../model/error.ts';
import type { Amount, Condition, Fraction, Profile, Setting, Want } from '../model/profile.ts';
import type { Tunable } from '../model/tunable.ts';
import { parsePortSet } from '../model/value.ts';
import type { ParsedDocument } from './document.ts';
import type { AmountDocument, SettingDocument } from './schema.ts';
import { hint } from './suggest.ts';

/** Deep enough for any sane family of profiles. */
const DEEPEST_LINEAGE = 16;

/** Finds a parent by the name or path that `extends` gives, as seen from the child's file. */
export type FindParent = (name: string, child: ParsedDocument) => ParsedDocument;

/** @throws InputError with file:line for unknown keys, relations that do not fit, cycles. */
export function buildProfile(
  parsed: ParsedDocument,
  findParent: FindParent,
  tunables: readonly Tunable[],
): Profile {
  const chain = lineage(parsed, findParent);
  const catalogue = new Map(tunables.map((t) => [t.key, t]));
  const settings = new Map<string, Setting>();
  for (const member of [...chain].reverse()) {
    for (const [key, document] of Object.entries(member.document.settings)) {
      settings.set(key, buildSetting(key, document, member, catalogue));
    }
  }
  const { name, title, description, goal } = parsed.document;
  return {
    name,
    title,
    description,
    goal,
    workload: chain.find((member) => member.document.workload !== undefined)?.document.workload ?? 'idle',
    lineage: chain.map((member) => member.document.name),
    file: parsed.file,
    settings: [...settings.values()],
  };
}

/** The document and its ancestors, child first. */
function lineage(parsed: ParsedDocument, findParent: FindParent): readonly ParsedDocument[] {
  const chain = [parsed];
  for (let child = parsed; child.document.extends !== undefined; ) {
    const parent = findParent(child.document.extends, child);
    if (chain.some((member) => member.file === parent.file)) {
      const names = [...chain, parent].map((member) => member.document.name).join(' → ');
      throw new InputError(`extends itself: ${names}`, child.file);
    }
    if (chain.length >= DEEPEST_LINEAGE)
      throw new InputError(`more than ${DEEPEST_LINEAGE} generations of extends`, parsed.file);
    chain.push(parent);
    child = parent;
  }
  return chain;
}

function buildSetting(
  key: string,
  document: SettingDocument,
  member: ParsedDocument,
  catalogue: ReadonlyMap<string, Tunable>,
): Setting {
  const line = member.lines[key] ?? 1;
  const where = `${member.file}:${line}`;
  const tunable = catalogue.get(key);
  if (tunable === undefined)
    throw new InputError(`unknown key "${key}"${hint(key, [...catalogue.keys()])}`, where);
  if (tunable.access === 'read-only')
    throw new InputError(`${key} is read-only: no profile can set it`, where);
  return {
    key,
    want: buildWant(document, tunable, where),
    level: document.level ?? 'required',
    when: (document.when as Condition | undefined) ?? null,
    why: document.why.trim(),
    source: document.source.trim(),
    origin: { profile: member.document.name, file: member.file, line },
  };
}

function buildWant(document: SettingDocument, tunable: Tunable, where: string): Want {
  const { shape, key } = tunable;
  const misfit = (need: string) => new InputError(`${key} needs ${need}`, where);
  if (document.superset !== undefined) {
    if (shape.kind !== 'portRange' && shape.kind !== 'portSet') throw misfit('a number, not ports');
    return { kind: 'superset', ports: checkPorts(document.superset, shape.kind, where) };
  }
  if (document.fields !== undefined) {
    if (shape.kind !== 'tuple') throw misfit('a single relation: it has no fields');
    const stray = Object.keys(document.fields).find((name) => !shape.fields.includes(name));
    if (stray !== undefined) {
      throw new InputError(
        `${key} has no field "${stray}"${hint(stray, shape.fields)}: it has ${shape.fields.join(', ')}`,
        where,
      );
    }
    return {
      kind: 'fields',
      fields: Object.fromEntries(
        Object.entries(document.fields).map(([name, field]) => [name, scalarWant(field, where)]),
      ),
    };
  }
  if (shape.kind === 'tuple')
    throw misfit(`one relation per field under "fields": ${shape.fields.join(', ')}`);
  if (shape.kind === 'portRange' || shape.kind === 'portSet') throw misfit('"superset" with ports');
  const want = scalarWant(document, where);
  const words = [document.exactly, ...(document.oneOf ?? [])].some(
    (value) => typeof value === 'string' && value !== 'unlimited',
  );
  if (words !== (shape.kind === 'word'))
    throw misfit(shape.kind === 'word' ? 'a word, with exactly or oneOf' : 'a number, not a word');
  return want;
}

type ScalarDocument = Pick<SettingDocument, 'exactly' | 'atLeast' | 'atMost' | 'between' | 'oneOf'>;

function scalarWant(document: ScalarDocument, where: string): Want {
  if (document.atLeast !== undefined) return { kind: 'atLeast', amount: buildAmount(document.atLeast) };
  if (document.atMost !== undefined) return { kind: 'atMost', amount: buildAmount(document.atMost) };
  if (document.between !== undefined) {
    return { kind: 'between', low: buildAmount(document.between[0]), high: buildAmount(document.between[1]) };
  }
  if (document.oneOf !== undefined) return { kind: 'oneOf', values: document.oneOf.map(buildChoice) };
  if (document.exactly === undefined) throw new InputError('a relation is missing', where);
  return typeof document.exactly === 'string' && document.exactly !== 'unlimited'
    ? { kind: 'oneOf', values: [document.exactly] }
    : { kind: 'exactly', amount: buildAmount(document.exactly as AmountDocument) };
}

function buildChoice(value: bigint | string): Amount | string {
  return typeof value === 'string' ? value : { kind: 'fixed', n: value };
}

function buildAmount(document: AmountDocument): Amount {
  if (typeof document !== 'object') return { kind: 'fixed', n: document };
  return {
    kind: 'formula',
    timesGoal: document.timesGoal === undefined ? null : fraction(String(document.timesGoal)),
    shareOfRam: document.shareOfRam === undefined ? null : fraction(document.shareOfRam),
    plus: document.plus ?? 0n,
    roundUpTo: document.roundUpTo ?? null,
    noLessThan: document.noLessThan === undefined ? null : buildAmount(document.noLessThan),
    noMoreThan: document.noMoreThan === undefined ? null : buildAmount(document.noMoreThan),
  };
}

/** `1.05` or `40%` as an exact fraction; the schema has checked the form (exponents do not occur in sane profiles). */
export function fraction(text: string): Fraction {
  const digits = text.replace('%', '');
  const [whole = '0', decimals = ''] = digits.split('.');
  const scale = 10n ** BigInt(decimals.length) * (text.endsWith('%') ? 100n : 1n);
  return { numerator: BigInt(whole + decimals), denominator: scale, text };
}

function checkPorts(text: string, kind: 'portRange' | 'portSet', where: string): string {
  if (text === 'listening-ports') {
    if (kind === 'portRange') throw new InputError('listening-ports is for ip_local_reserved_ports', where);
    return text;
  }
  const set = parsePortSet(text);
  if (set?.kind !== 'portSet')
    throw new InputError(`"${text}" is not a list of ports 0–65535, low end first`, where);
  if (kind === 'portRange' && set.spans.length !== 1)
    throw new InputError(`"${text}" must be one range`, where);
  return text;
}
