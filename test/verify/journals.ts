/** Journals as literals. */
import type { FileRecord, Journal, KnobRecord } from '../../src/model/change.ts';

export function journal(id: string, parts: Partial<Journal> = {}): Journal {
  return {
    schemaVersion: 1,
    id,
    state: 'applied',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.000Z',
    bootId: 'first-boot',
    profile: { name: 'c1m', digest: 'abc', goal: '1000000' },
    directories: [],
    files: [],
    knobs: [],
    actions: [],
    confirm: null,
    undo: null,
    ...parts,
  };
}

export function written(path: string, text: string | null): FileRecord {
  const after =
    text === null ? null : { bytes: Buffer.from(text).toString('base64'), mode: 0o644, uid: 0, gid: 0 };
  return { path, temporary: `${path}.new`, before: null, after, original: null };
}

export function knob(key: string, after: string, held: string | null = after): KnobRecord {
  const path = key.replaceAll('.', '/');
  const base = {
    key,
    path,
    shape: { kind: 'integer' },
    before: '1',
    original: '1',
    counterpart: null,
  } as const;
  return { ...base, after, held };
}
