/** Holds every entry of the catalogue to account: complete, parsable, consistent with itself, and true to its examples. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { WriteBounds } from '../../src/model/kernel-syntax.ts';
import { type RelationKind, satisfies } from '../../src/model/relation.ts';
import { parseLive, type Reach, type Tunable } from '../../src/model/tunable.ts';
import { parseValue, type Shape, type Value } from '../../src/model/value.ts';
import { TUNABLES } from '../../src/tunables/index.ts';
import { MASTER_TABLE } from './master-table.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const keys = TUNABLES.map((t) => t.key);
const each = TUNABLES.map((t) => [t.key, t] as const);

/** The relations that can speak about a value of this shape. */
const RELATIONS: Readonly<Record<Shape['kind'], readonly RelationKind[]>> = {
  integer: ['exactly', 'atLeast', 'atMost', 'between', 'oneOf'],
  limit: ['exactly', 'atLeast', 'atMost', 'between', 'oneOf'],
  tuple: ['exactly', 'fields'],
  portRange: ['exactly', 'superset'],
  portSet: ['exactly', 'superset'],
  word: ['exactly', 'oneOf'],
};

const SCOPES: Readonly<Record<Reach, Tunable['scope']>> = {
  host: 'host',
  'absent-in-child': 'host',
  'per-namespace': 'netns',
  'read-only-in-child': 'netns',
  process: 'process',
  service: 'service',
  manager: 'manager',
};

/** The numbers in a value; `unlimited` stands above every bound. */
function numbersIn(value: Value): readonly (bigint | 'unlimited')[] {
  switch (value.kind) {
    case 'integer':
    case 'limit':
      return [value.n];
    case 'tuple':
      return value.fields;
    case 'portRange':
      return [BigInt(value.low), BigInt(value.high)];
    case 'portSet':
      return value.spans.flat().map(BigInt);
    case 'word':
      return [];
  }
}

function within(value: Value, { min, max }: WriteBounds): boolean {
  return numbersIn(value).every((n) => {
    if (n === 'unlimited') return max === null;
    return (min === null || n >= min) && (max === null || n <= max);
  });
}

/** `6.12` as a number that sorts, or null when it is not a release. */
function release(text: string): number | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text);
  return match ? Number(match[1]) * 1e6 + Number(match[2]) * 1e3 + Number(match[3] ?? 0) : null;
}

function expectRange(from: string | undefined, until: string | undefined): void {
  for (const version of [from, until]) if (version !== undefined) expect(release(version)).not.toBeNull();
  const first = from === undefined ? 0 : release(from);
  const last = until === undefined ? Number.POSITIVE_INFINITY : release(until);
  expect(first).toBeLessThanOrEqual(last ?? 0);
}

/** A whole sentence or more: long enough to say something, no stray blanks, a word first, a stop last. */
function expectSentences(text: string, atLeast: number): void {
  expect(text).toBe(text.trim());
  expect(text.length).toBeGreaterThanOrEqual(atLeast);
  expect(text).toMatch(/^["\p{L}\p{N}−]/u);
  expect(text).toMatch(/[.)]$/);
  expect(text).not.toMatch(/ {2}|\bTODO\b|\bTBD\b/);
}

function expectPhrase(text: string, atLeast: number): void {
  expect(text).toBe(text.trim());
  expect(text.length).toBeGreaterThanOrEqual(atLeast);
  expect(text).not.toMatch(/ {2}|\bTODO\b|\bTBD\b|\/(work|tmp)\//);
}

describe('the catalogue as a whole', () => {
  test('knows every knob of the master table', () => {
    expect(MASTER_TABLE.filter((key) => !keys.includes(key))).toEqual([]);
  });

  test('has each key once, and the file is named after it', async () => {
    expect(new Set(keys).size).toBe(keys.length);
    const folder = join(root, 'src/tunables');
    const files = readdirSync(folder).filter((name) => name !== 'index.ts');
    const named = await Promise.all(
      files.map(async (file) => [file, (await import(join(folder, file))).tunable.key]),
    );
    expect(named).toEqual(files.map((file) => [file, file.replace(/\.ts$/, '')]));
    expect([...keys].sort()).toEqual(files.map((file) => file.replace(/\.ts$/, '')).sort());
  });

  test('has a current registry', () => {
    const script = join(root, 'scripts/generate-registry.mjs');
    const check = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(check.stderr).toBe('');
    expect(check.status).toBe(0);
  });
});

describe.each(each)('%s', (_, tunable) => {
  test('explains itself in whole sentences', () => {
    expectPhrase(tunable.title, 20);
    expect(tunable.title).not.toMatch(/\.$/);
    expect(tunable.title).not.toContain(tunable.key);
    const name = tunable.key.split('.').at(-1) ?? tunable.key;
    if (/[_-]/.test(name)) expect(tunable.title).not.toContain(name);
    expectSentences(tunable.why, 80);
    expectSentences(tunable.cost, 30);
    expectSentences(tunable.danger, 60);
    for (const text of tunable.silentlyAccepts) expectSentences(text, 10);
    for (const { how } of tunable.defaults) expectPhrase(how, 3);
    for (const { why } of tunable.interlocks) expectSentences(why, 20);
    for (const { note } of tunable.examples) if (note !== undefined) expectSentences(note, 10);
  });

  test('has a figure in its cost', () => {
    expect(tunable.cost).toMatch(/\d|\b(no|none|nothing)\b/i);
  });

  test('stands on at least one source that somebody checked', () => {
    expect(tunable.sources.filter((source) => source.kind !== 'unverified')).not.toEqual([]);
    for (const { ref } of tunable.sources) expectPhrase(ref, 6);
  });

  test('has examples of both verdicts, and they are right', () => {
    expect(new Set(tunable.examples.map((example) => example.verdict))).toEqual(new Set(['met', 'unmet']));
    for (const { wanted, live, verdict } of tunable.examples) {
      const value = parseLive(tunable, live);
      expect(value).not.toBeNull();
      if (value !== null) expect(satisfies(wanted, value)).toBe(verdict === 'met');
      expect(RELATIONS[tunable.shape.kind]).toContain(wanted.kind);
    }
  });

  test('names a relation that fits its shape, and shows it at work', () => {
    expect(RELATIONS[tunable.shape.kind]).toContain(tunable.relation);
    expect(tunable.examples.map((example) => example.wanted.kind)).toContain(tunable.relation);
  });

  test('has defaults that the kernel itself would accept', () => {
    expect(tunable.defaults).not.toEqual([]);
    for (const { value: text } of tunable.defaults) {
      if (text === null) continue;
      const value = parseValue(tunable.shape, text);
      expect(value).not.toBeNull();
      if (value !== null) expect(within(value, tunable.bounds)).toBe(true);
    }
  });

  test('has versions in order', () => {
    expectRange(tunable.since, tunable.until);
    for (const { from, until } of tunable.defaults) expectRange(from, until);
    const { min, max } = tunable.bounds;
    if (min !== null && max !== null) expect(min <= max).toBe(true);
  });

  test('has a scope, a reach and an access that agree', () => {
    expect(tunable.scope).toBe(SCOPES[tunable.reach]);
    if (tunable.access === 'read-only') expect(['reboot', 'never']).toContain(tunable.effect);
    else expect(tunable.effect).not.toBe('never');
  });

  test('interlocks with other knobs of the catalogue', () => {
    const others = tunable.interlocks.map((interlock) => interlock.key);
    expect(others.filter((key) => !keys.includes(key))).toEqual([]);
    expect(others).not.toContain(tunable.key);
    expect(new Set(others).size).toBe(others.length);
  });
});
