/** The published form of the walls, in zod; `docs/schema/walls.json` is generated from it. Never loaded to print one. */
import * as z from 'zod/mini';
import { WALLS_SCHEMA_VERSION } from './walls-json.ts';

const text = z.string();
const side = z.enum(['server', 'client', 'both']);
const scope = z.enum([
  'process',
  'service',
  'user',
  'host',
  'namespace',
  'cgroup',
  'destination',
  'listener',
]);
const name = { limit: text, key: text, side, scope };
const explained = { current: text, arithmetic: text, why: text, raise: text };

const wall = {
  at: text,
  unit: z.literal('connections'),
  ...name,
  condition: z.nullable(text),
  ...explained,
};
export const wallSchema = z.strictObject(wall);
export type WallDocument = z.infer<typeof wallSchema>;

const rateSchema = z.strictObject({
  at: text,
  unit: z.literal('connections per second'),
  event: z.enum(['arrivals', 'closes', 'reconnects']),
  ...name,
  ...explained,
});
export type RateDocument = z.infer<typeof rateSchema>;

export const limitWithReason = z.strictObject({ ...name, why: text });

export const recommendationSchema = z.nullable(
  z.strictObject({
    profile: text,
    goal: text,
    role: z.enum(['server', 'gateway', 'push']),
    fits: z.boolean(),
    hints: z.array(text),
    memoryHolds: text,
    bytesEach: text,
  }),
);
export type RecommendationDocument = z.infer<typeof recommendationSchema>;

export const wallsDocument = z.strictObject({
  kind: z.literal('tune-walls'),
  schemaVersion: z.literal(WALLS_SCHEMA_VERSION),
  takenAt: text,
  origin: text,
  machine: z.strictObject({
    kernelRelease: text,
    memoryTotal: text,
    subject: z.strictObject({ pid: z.number(), name: text, chosenBy: text, unit: z.nullable(text) }),
  }),
  assumptions: z.strictObject({
    target: text,
    idleBytes: text,
    busy: text,
    ends: z.union([z.literal(1), z.literal(2)]),
  }),
  goal: z.nullable(text),
  side,
  walls: z.array(z.strictObject({ ...wall, belowGoal: z.nullable(z.boolean()) })),
  rates: z.array(rateSchema),
  open: z.array(limitWithReason),
  unknown: z.array(limitWithReason),
});
export type WallsDocument = z.infer<typeof wallsDocument>;

export function wallsJsonSchema(): Record<string, unknown> {
  return {
    $id: 'https://tune.invalid/schema/walls.json',
    title: 'tune walls',
    ...z.toJSONSchema(wallsDocument),
  };
}
