/** The published form of a profile's evidence, in zod; `docs/schema/evidence.json` is generated from it. */
import * as z from 'zod/mini';
import { EVIDENCE_SCHEMA_VERSION, type EvidenceReport } from '../model/evidence.ts';
import { WORKLOADS } from '../model/soak-workload.ts';

const text = z.string();
const texts = z.array(text);
const numbers = z.array(z.number());

export const evidenceDocument = z.strictObject({
  kind: z.literal('tune-evidence'),
  schemaVersion: z.literal(EVIDENCE_SCHEMA_VERSION),
  profile: text,
  goal: z.number(),
  measuredOn: text,
  version: text,
  settings: z.array(
    z.strictObject({
      key: text,
      verdict: z.enum(['needed', 'helps', 'no-effect', 'harmful', 'not-measured']),
      reason: text,
      experiments: z.array(
        z.strictObject({
          place: z.enum(['namespace', 'vm']),
          profile: text,
          kernelRelease: text,
          workload: z.enum(WORKLOADS),
          connections: z.number(),
          about: text,
          comparison: z.enum(['left-out', 'guarded']),
          withValue: text,
          withoutValue: text,
          also: z.record(text, text),
          commands: z.tuple([text, text]),
          ends: z.strictObject({ with: texts, without: texts }),
          figures: z.array(
            z.strictObject({
              figure: text,
              unit: text,
              better: z.enum(['higher', 'lower', 'neither']),
              with: numbers,
              without: numbers,
              percent: z.nullable(z.number()),
              isReal: z.boolean(),
            }),
          ),
          observed: z.nullable(z.strictObject({ with: text, without: text, failedWithout: z.boolean() })),
          inputs: text,
          verdict: z.enum(['needed', 'helps', 'no-effect', 'harmful']),
          reason: text,
        }),
      ),
    }),
  ),
});

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A report always is such a document: a field that only one side knows does not compile. */
export const asEvidenceDocument = (report: EvidenceReport): Frozen<z.infer<typeof evidenceDocument>> =>
  report;

export function evidenceJsonSchema(): Record<string, unknown> {
  return {
    $id: 'https://tune.invalid/schema/evidence.json',
    title: 'tune evidence',
    ...z.toJSONSchema(evidenceDocument, { reused: 'ref' }),
  };
}
