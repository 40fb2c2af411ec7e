/** The published form of a trial, in zod; `docs/schema/trial.json` is generated from it. */
import * as z from 'zod/mini';
import { TRIAL_SCHEMA_VERSION, type TrialReport } from '../model/trial.ts';
import { soakDocument } from './soak-schema.ts';

const text = z.string();
const maybeText = z.nullable(text);
const maybeNumber = z.nullable(z.number());

export const trialDocument = z.strictObject({
  kind: z.literal('tune-trial'),
  schemaVersion: z.literal(TRIAL_SCHEMA_VERSION),
  trials: z.array(
    z.strictObject({
      subject: z.strictObject({
        profile: maybeText,
        without: z.array(text),
        set: z.record(text, text),
      }),
      tried: z.array(
        z.strictObject({
          key: text,
          from: text,
          to: text,
          held: maybeText,
          outcome: z.enum(['stored', 'canonicalised', 'clamped', 'rejected']),
          byHand: z.boolean(),
          errno: maybeText,
        }),
      ),
      untried: z.array(
        z.strictObject({
          key: text,
          why: z.enum(['default-is-fine', 'left-out', 'host-wide', 'absent', 'not-applicable']),
          value: maybeText,
          wanted: maybeText,
        }),
      ),
      soak: soakDocument,
    }),
  ),
  differences: z.array(
    z.strictObject({
      figure: text,
      unit: text,
      values: z.tuple([maybeNumber, maybeNumber]),
      percent: maybeNumber,
    }),
  ),
});

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A report always is such a document: a field that only one side knows does not compile. */
export const asTrialDocument = (report: TrialReport): Frozen<z.infer<typeof trialDocument>> => report;

export function trialJsonSchema(): Record<string, unknown> {
  return {
    $id: 'https://tune.invalid/schema/trial.json',
    title: 'tune trial',
    ...z.toJSONSchema(trialDocument, { reused: 'ref' }),
  };
}
