/** The published form of a verification, in zod: what `tune report` reads back; `docs/schema/verify.json` is generated from it. */
import * as z from 'zod/mini';
import { VERIFY_SCHEMA_VERSION, type VerifyReport } from '../model/verify.ts';
import { soakDocument } from './soak-schema.ts';

const text = z.string();
const number = z.number();
const maybeText = z.nullable(text);
const fileState = z.enum(['as-written', 'changed', 'gone', 'unreadable']);

const culprit = z.union([
  z.strictObject({
    kind: z.literal('line'),
    at: z.strictObject({ file: text, line: z.nullable(number) }),
  }),
  z.strictObject({ kind: z.literal('our-file'), path: text, state: fileState }),
  z.strictObject({ kind: z.literal('late-module'), module: text }),
  z.strictObject({ kind: z.literal('later-writers'), names: z.array(text) }),
  z.strictObject({ kind: z.enum(['cmdline', 'written-since', 'never-applied', 'unknown']) }),
]);

const soak = z.union([
  z.strictObject({
    state: z.literal('ran'),
    report: soakDocument,
    shortened: z.nullable(z.strictObject({ wanted: number, arithmetic: text })),
    memory: z.nullable(z.strictObject({ predicted: number, measured: number, errorPercent: number })),
  }),
  z.strictObject({ state: z.literal('skipped') }),
  z.strictObject({ state: z.literal('impossible'), why: text }),
]);

const note = z.union([
  z.strictObject({ code: z.literal('fewer-than-minimum'), connections: number, minimum: number }),
  z.strictObject({ code: z.literal('below-goal'), connections: number, goal: number }),
  z.strictObject({ code: z.literal('profile-moved'), profile: text }),
  z.strictObject({ code: z.literal('profile-gone'), profile: text, why: text }),
  z.strictObject({ code: z.literal('other-profile'), applied: text, judged: text }),
  z.strictObject({ code: z.literal('own-limit-below-sessions'), own: text, session: text }),
]);

export const verifyDocument = z.strictObject({
  kind: z.literal('tune-verify'),
  schemaVersion: z.literal(VERIFY_SCHEMA_VERSION),
  startedAt: text,
  version: text,
  host: z.strictObject({ kernelRelease: text, distribution: text, bootId: maybeText }),
  profile: z.strictObject({ name: text, goal: number }),
  applied: z.nullable(
    z.strictObject({
      ids: z.array(text),
      at: text,
      profile: text,
      goal: text,
      unconfirmedUntil: maybeText,
    }),
  ),
  reboot: z.enum(['rebooted', 'not-rebooted', 'unknown']),
  files: z.array(z.strictObject({ path: text, state: fileState })),
  settings: z.array(
    z.strictObject({
      key: text,
      applied: maybeText,
      wanted: maybeText,
      live: maybeText,
      state: z.enum(['held', 'will-be-lost', 'lost', 'unreadable', 'not-applicable', 'not-applied']),
      culprit: z.nullable(culprit),
      detail: maybeText,
    }),
  ),
  sessions: z.array(
    z.strictObject({
      kind: z.enum(['login', 'root-login', 'service-default', 'service']),
      who: text,
      soft: maybeText,
      hard: maybeText,
      wantedSoft: maybeText,
      wantedHard: maybeText,
      state: z.enum(['held', 'lost', 'refused', 'unchecked']),
      detail: maybeText,
    }),
  ),
  connections: number,
  soak,
  profiles: z.array(z.strictObject({ profile: text, goal: number, connections: number, soak })),
  notes: z.array(note),
  verdict: z.strictObject({
    state: z.enum(['passed', 'failed', 'inconclusive']),
    reasons: z.array(
      z.enum([
        'file-changed',
        'setting-lost',
        'setting-unreadable',
        'session-lost',
        'session-unchecked',
        'soak-failed',
        'soak-inconclusive',
        'goal-does-not-fit',
        'soak-impossible',
        'not-rebooted',
        'reboot-unknown',
        'not-confirmed',
        'not-root',
      ]),
    ),
  }),
});

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A report always is such a document: a field that only one side knows does not compile. */
export const asVerifyDocument = (report: VerifyReport): Frozen<z.infer<typeof verifyDocument>> => report;

/** Null for text that is not a report of this version. */
export function parseVerifyReport(text: string): VerifyReport | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = z.safeParse(verifyDocument, data);
  // The document has what the report has; only its verdict's reasons are plain texts there.
  return parsed.success ? (parsed.data as VerifyReport) : null;
}

export function verifyJsonSchema(): Record<string, unknown> {
  return {
    $id: 'https://tune.invalid/schema/verify.json',
    title: 'tune verify',
    ...z.toJSONSchema(verifyDocument, { reused: 'ref' }),
  };
}
