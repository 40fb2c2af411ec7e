/** The plan as a JSON document: byte-stable out, checked in. Big integers are decimal text, values are `{kind, text}`. */
import * as z from 'zod/mini';
import { InputError } from '../model/error.ts';
import { PLAN_SCHEMA_VERSION, type Plan } from '../model/plan.ts';
import type { Relation } from '../model/relation.ts';
import { formatValue, parseValue, type Shape, type Value } from '../model/value.ts';

const KINDS = ['integer', 'limit', 'tuple', 'portRange', 'portSet', 'word'] as const;

interface ValueText {
  readonly kind: (typeof KINDS)[number];
  readonly text: string;
}

type RelationText =
  | { readonly kind: 'exactly' | 'atLeast' | 'atMost' | 'superset'; readonly value: ValueText }
  | { readonly kind: 'between'; readonly low: ValueText; readonly high: ValueText }
  | { readonly kind: 'oneOf'; readonly values: readonly ValueText[] }
  | { readonly kind: 'fields'; readonly fields: readonly (RelationText | null)[] };

const valueText = z.strictObject({ kind: z.enum(KINDS), text: z.string() });
const relationText: z.ZodMiniType<RelationText> = z.union([
  z.strictObject({ kind: z.enum(['exactly', 'atLeast', 'atMost', 'superset']), value: valueText }),
  z.strictObject({ kind: z.literal('between'), low: valueText, high: valueText }),
  z.strictObject({ kind: z.literal('oneOf'), values: z.array(valueText) }),
  z.strictObject({
    kind: z.literal('fields'),
    fields: z.array(z.nullable(z.lazy((): z.ZodMiniType<RelationText> => relationText))),
  }),
]);
const shape: z.ZodMiniType<Shape> = z.union([
  z.strictObject({ kind: z.literal('tuple'), fields: z.array(z.string()) }),
  z.strictObject({ kind: z.enum(['integer', 'limit', 'portRange', 'portSet', 'word']) }),
]);
const digits = z.string().check(z.regex(/^\d+$/));

const document = z.strictObject({
  schemaVersion: z.literal(PLAN_SCHEMA_VERSION),
  target: z.enum(['host', 'files']),
  profile: z.strictObject({ name: z.string(), digest: z.string(), goal: digits }),
  basis: z.array(z.strictObject({ id: z.string(), value: z.string() })),
  writes: z.array(
    z.strictObject({
      key: z.string(),
      path: z.string(),
      shape,
      negativeMeans: z.nullable(z.literal('unlimited')),
      before: valueText,
      after: valueText,
      wanted: relationText,
      reason: z.string(),
    }),
  ),
  files: z.array(
    z.strictObject({
      path: z.string(),
      before: z.nullable(z.string()),
      after: z.nullable(z.string()),
      mode: z.literal(0o644),
      lines: z.array(z.strictObject({ line: z.int(), key: z.string(), reason: z.string() })),
      diff: z.string(),
    }),
  ),
  actions: z.array(z.enum(['systemd-reload', 'session-check'])),
  effects: z.array(
    z.strictObject({
      key: z.string(),
      effect: z.enum(['new-sockets', 're-listen', 'new-session', 'service-restart', 'reboot']),
      subjects: z.array(z.string()),
    }),
  ),
  beaten: z.array(
    z.strictObject({
      key: z.string(),
      file: z.string(),
      line: z.int(),
      how: z.enum(['outranked', 'wins-by-hand']),
    }),
  ),
  laterWriters: z.array(z.strictObject({ key: z.string(), programs: z.array(z.string()) })),
  withheld: z.array(
    z.strictObject({
      key: z.string(),
      code: z.enum(['lowering', 'absent', 'child-namespace', 'not-settable', 'depends-on-machine']),
      what: z.string(),
      remedy: z.string(),
    }),
  ),
});

/** Two-space JSON with a final newline; members in the order of the type. */
export function formatPlan(plan: Plan): string {
  const text = {
    ...plan,
    profile: { ...plan.profile, goal: plan.profile.goal.toString() },
    writes: plan.writes.map((write) => ({
      ...write,
      before: valueToText(write.before),
      after: valueToText(write.after),
      wanted: relationToText(write.wanted),
    })),
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

/** @throws InputError for text that is not a plan of this version of tune. */
export function parsePlan(text: string, file: string): Plan {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError('not JSON: expected a plan as `tune plan --format json` prints it', file);
  }
  const version = z.safeParse(z.looseObject({ schemaVersion: z.int() }), json);
  if (!version.success) throw new InputError('not a plan: it has no schemaVersion', file);
  if (version.data.schemaVersion !== PLAN_SCHEMA_VERSION) {
    throw new InputError(
      `a plan of schema version ${version.data.schemaVersion}; this tune executes version ${PLAN_SCHEMA_VERSION}: make it again`,
      file,
    );
  }
  const parsed = z.safeParse(document, json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(`not a plan: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, file);
  }
  const { data } = parsed;
  return {
    ...data,
    profile: { ...data.profile, goal: BigInt(data.profile.goal) },
    writes: data.writes.map((write) => ({
      ...write,
      before: textToValue(write.before, file),
      after: textToValue(write.after, file),
      wanted: textToRelation(write.wanted, file),
    })),
  };
}

function valueToText(value: Value): ValueText {
  return { kind: value.kind, text: formatValue(value) };
}

function textToValue({ kind, text }: ValueText, file: string): Value {
  const value = parseValue(kind === 'tuple' ? { kind, fields: text.split(' ') } : { kind }, text);
  if (value === null) throw new InputError(`not a plan: ${JSON.stringify(text)} is no ${kind}`, file);
  return value;
}

function relationToText(relation: Relation): RelationText {
  switch (relation.kind) {
    case 'between':
      return { kind: 'between', low: valueToText(relation.low), high: valueToText(relation.high) };
    case 'oneOf':
      return { kind: 'oneOf', values: relation.values.map(valueToText) };
    case 'fields':
      return { kind: 'fields', fields: relation.fields.map((f) => (f === null ? null : relationToText(f))) };
    default:
      return { kind: relation.kind, value: valueToText(relation.value) };
  }
}

function textToRelation(relation: RelationText, file: string): Relation {
  switch (relation.kind) {
    case 'between':
      return {
        kind: 'between',
        low: textToValue(relation.low, file),
        high: textToValue(relation.high, file),
      };
    case 'oneOf':
      return { kind: 'oneOf', values: relation.values.map((v) => textToValue(v, file)) };
    case 'fields':
      return {
        kind: 'fields',
        fields: relation.fields.map((f) => (f === null ? null : textToRelation(f, file))),
      };
    default:
      return { kind: relation.kind, value: textToValue(relation.value, file) };
  }
}
