/** The published form of an audit, in zod; `docs/schema/audit.json` is generated from it. Never loaded to print one. */
import * as z from 'zod/mini';
import { AUDIT_SCHEMA_VERSION } from './audit-json.ts';
import { limitWithReason, recommendationSchema, wallSchema } from './walls-schema.ts';

const text = z.string();
const maybe = z.nullable(text);
const place = z.nullable(z.strictObject({ file: text, line: z.nullable(z.number()) }));

export const auditDocument = z.strictObject({
  kind: z.literal('tune-audit'),
  schemaVersion: z.literal(AUDIT_SCHEMA_VERSION),
  takenAt: text,
  origin: text,
  asWanted: z.boolean(),
  profile: z.strictObject({ name: text, file: text, lineage: z.array(text) }),
  goal: text,
  machine: z.strictObject({
    kernelRelease: text,
    arch: text,
    bits: z.union([z.literal(32), z.literal(64)]),
    pageSize: z.number(),
    cpus: z.number(),
    bootId: maybe,
    memoryTotal: text,
    memoryAvailable: text,
    lowTotal: maybe,
    distribution: z.strictObject({ id: text, version: text, name: text }),
    init: text,
    sandbox: text,
    sandboxEvidence: maybe,
    initialNetns: text,
    procSysWritable: text,
    conntrack: text,
    uid: z.number(),
    subject: z.strictObject({ pid: z.number(), name: text, chosenBy: text, unit: maybe }),
  }),
  settings: z.array(
    z.strictObject({
      key: text,
      level: z.enum(['required', 'recommended']),
      verdict: z.enum([
        'met',
        'unmet',
        'lost-at-reboot',
        'pending',
        'shadowed',
        'absent',
        'denied',
        'unparsable',
        'not-applicable',
        'ignored',
      ]),
      live: maybe,
      wanted: maybe,
      relation: maybe,
      remedy: maybe,
      arithmetic: z.array(text),
      boot: z.nullable(
        z.strictObject({
          by: z.enum(['file', 'cmdline', 'default', 'unknown']),
          value: maybe,
          at: place,
          manual: z.nullable(z.strictObject({ value: maybe, at: place })),
          losing: z.array(z.strictObject({ at: place, text })),
          later: z.array(text),
          lateModule: maybe,
        }),
      ),
      reason: maybe,
      detail: maybe,
      why: text,
      source: text,
      origin: z.strictObject({ profile: text, file: text, line: z.number() }),
    }),
  ),
  findings: z.array(
    z.strictObject({
      code: text,
      severity: z.enum(['error', 'warning', 'info']),
      subject: text,
      what: text,
      remedy: text,
    }),
  ),
  unchecked: z.array(z.strictObject({ code: text, why: text })),
  walls: z.array(wallSchema),
  wallsUnknown: z.array(limitWithReason),
  recommendation: recommendationSchema,
});

export type AuditDocument = z.infer<typeof auditDocument>;

export function auditJsonSchema(): Record<string, unknown> {
  return {
    $id: 'https://tune.invalid/schema/audit.json',
    title: 'tune audit',
    ...z.toJSONSchema(auditDocument),
  };
}
