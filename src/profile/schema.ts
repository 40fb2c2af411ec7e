/** The profile format, in zod; the published JSON Schema is generated from it. */
import * as z from 'zod/mini';
import { CONDITIONS } from '../model/profile.ts';
import { WORKLOADS } from '../model/soak-workload.ts';

/** Text that somebody will read: a `why` of one word explains nothing. */
const sentence = (what: string, least: number) =>
  z.string().check(z.minLength(least, `${what} needs at least ${least} characters`));

/** A decimal such as 1.05, or a whole number (whole numbers arrive as bigint from the YAML reader). */
const factor = z
  .union([z.bigint(), z.number()])
  .check(
    z.refine(
      (n) => n > 0 && n <= 1000 && /^\d+(\.\d{1,9})?$/.test(String(n)),
      'must be a decimal above 0, such as 1.05',
    ),
  );
const whole = z.bigint();
const percent = z.string().check(z.regex(/^\d{1,3}(\.\d{1,3})?%$/, 'must be a share such as "40%"'));
const bound = z.union([
  whole,
  z.strictObject({ shareOfRam: percent }),
  z.strictObject({ timesGoal: factor, plus: z.optional(whole) }),
]);

const formula = z
  .strictObject({
    timesGoal: z.optional(factor),
    shareOfRam: z.optional(percent),
    plus: z.optional(whole),
    roundUpTo: z.optional(z.literal('power-of-two')),
    noLessThan: z.optional(bound),
    noMoreThan: z.optional(bound),
  })
  .check(
    z.refine(
      (f) => (f.timesGoal === undefined) !== (f.shareOfRam === undefined),
      'a formula needs timesGoal or shareOfRam, and not both',
    ),
  );

export const amount = z.union([whole, z.literal('unlimited'), formula]);
const word = z.string().check(z.regex(/^[A-Za-z0-9_.-]+$/, 'must be one word'));
const ports = z
  .string()
  .check(
    z.regex(
      /^(listening-ports|\d+(-\d+)?(,\d+(-\d+)?)*)$/,
      'must be ports such as "1024-65535" or "80,443", or listening-ports',
    ),
  );

const scalarRelations = {
  exactly: z.optional(z.union([amount, word])),
  atLeast: z.optional(amount),
  atMost: z.optional(amount),
  between: z.optional(z.tuple([amount, amount])),
  oneOf: z.optional(z.array(z.union([whole, word])).check(z.minLength(1))),
};

export const FIELD_RELATIONS = Object.keys(scalarRelations) as readonly (keyof typeof scalarRelations)[];
export const RELATIONS = [...FIELD_RELATIONS, 'superset', 'fields'] as const;

const exactlyOne = (names: readonly string[]) =>
  z.refine(
    (value) => names.filter((name) => Reflect.get(value as object, name) !== undefined).length === 1,
    `needs exactly one of ${names.join(', ')}`,
  );

const field = z.strictObject(scalarRelations).check(exactlyOne(FIELD_RELATIONS));

const setting = z
  .strictObject({
    ...scalarRelations,
    superset: z.optional(ports),
    fields: z.optional(z.record(z.string(), field)),
    level: z.optional(z.enum(['required', 'recommended'])),
    when: z.optional(z.enum(CONDITIONS as [string, ...string[]])),
    why: sentence('why', 20),
    source: sentence('source', 3),
  })
  .check(exactlyOne(RELATIONS));

export const profileDocument = z.strictObject({
  name: z
    .string()
    .check(z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes')),
  title: sentence('title', 5),
  description: sentence('description', 20),
  goal: z.bigint().check(z.refine((n) => n >= 1n && n <= 1_000_000_000n, 'must be between 1 and 1000000000')),
  workload: z.optional(z.enum(WORKLOADS)),
  extends: z.optional(z.string().check(z.minLength(1))),
  settings: z.record(z.string(), setting),
});

export type ProfileDocument = z.infer<typeof profileDocument>;
export type SettingDocument = ProfileDocument['settings'][string];
export type AmountDocument = z.infer<typeof amount>;

/** The JSON Schema (draft 2020-12) of a profile file, for editors; tests hold the published copy to this. */
export function profileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(profileDocument, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'ref',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer';
      const properties = jsonSchema.properties;
      if (!properties) return;
      // The refinement "exactly one relation" has no JSON Schema of its own: spell it out.
      const names = RELATIONS.filter((name) => name in properties);
      if (names.length >= FIELD_RELATIONS.length)
        jsonSchema.oneOf = names.map((name) => ({ required: [name] }));
    },
  });
  return { $id: 'https://tune.invalid/schema/profile.json', title: 'tune profile', ...schema };
}
