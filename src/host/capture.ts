/** The capture file: a recording with a version, so that a host can be audited somewhere else, later, by the same code. */
import * as z from 'zod/mini';
import { InputError } from '../model/error.ts';
import type { Recording } from './recorded.ts';

export const CAPTURE_SCHEMA_VERSION = 1;
/** A capture of a real host is about 100 kB; this leaves room for hosts with very many drop-in files. */
export const LARGEST_CAPTURE = 64 << 20;

export interface Capture {
  readonly kind: 'tune-capture';
  readonly schemaVersion: typeof CAPTURE_SCHEMA_VERSION;
  readonly tuneVersion: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** Only when the user asked for it. */
  readonly hostName: string | null;
  readonly subject:
    | { readonly by: 'parent' }
    | { readonly by: 'pid'; readonly pid: number }
    | { readonly by: 'service'; readonly unit: string };
  readonly recording: Recording;
}

const answers = <T extends z.core.$ZodType>(value: T) =>
  z.record(z.string(), z.union([z.strictObject({ value }), z.strictObject({ errno: z.string() })]));
const text = z.string();
const texts = z.array(z.string());
const int = z.number().check(z.int());

const captureSchema = z.strictObject({
  kind: z.literal('tune-capture'),
  schemaVersion: z.literal(CAPTURE_SCHEMA_VERSION),
  tuneVersion: text,
  takenAt: text,
  hostName: z.nullable(text),
  subject: z.union([
    z.strictObject({ by: z.literal('parent') }),
    z.strictObject({ by: z.literal('pid'), pid: int }),
    z.strictObject({ by: z.literal('service'), unit: text }),
  ]),
  recording: z.strictObject({
    self: z.strictObject({ pid: int, ppid: int, uid: int, pageSize: int, arch: text, now: int }),
    files: answers(text),
    lines: answers(texts),
    lists: answers(texts),
    links: answers(text),
    stats: answers(
      z.strictObject({
        kind: z.enum(['file', 'directory', 'symlink', 'other']),
        mode: int,
        uid: int,
        gid: int,
        size: int,
      }),
    ),
    writable: answers(z.literal(true)),
    programs: answers(text),
  }),
});

/** @throws InputError for a truncated file, another kind of JSON, or a newer schema. */
export function parseCapture(json: string, file: string): Capture {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new InputError(`not whole JSON (cut in half?): ${(error as Error).message}`, file);
  }
  const head = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  if (head.kind !== 'tune-capture') throw new InputError('not a capture: make one with "tune capture"', file);
  if (typeof head.schemaVersion === 'number' && head.schemaVersion > CAPTURE_SCHEMA_VERSION) {
    throw new InputError(
      `capture schema ${head.schemaVersion} is newer than this tune reads (${CAPTURE_SCHEMA_VERSION}): upgrade tune`,
      file,
    );
  }
  const checked = captureSchema.safeParse(data);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new InputError(`damaged capture at ${issue?.path.map(String).join(' → ') || 'its top'}`, file);
  }
  return checked.data as Capture;
}

export function captureJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(captureSchema, { io: 'input', unrepresentable: 'any' });
  return { $id: 'https://tune.invalid/schema/capture.json', title: 'tune capture', ...schema };
}
