import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { CATALOGUE } from '../../src/pipeline.ts';
import { tune } from '../support/cli.ts';

const schema = (name: string) =>
  new Ajv2020().compile(JSON.parse(readFileSync(`docs/schema/${name}.json`, 'utf8')));

describe('tune capture', () => {
  test('what it prints can be audited with the same result as the host itself', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tune-capture-'));
    try {
      const { code, stdout, stderr } = tune(['capture']);
      expect([code, stderr]).toEqual([0, '']);
      const validate = schema('capture');
      expect([validate(JSON.parse(stdout)), validate.errors]).toEqual([true, null]);
      writeFileSync(join(folder, 'host.json'), stdout);
      const verdicts = (args: string[]) => {
        const document = JSON.parse(tune(['audit', '--format', 'json', ...args]).stdout);
        return document.settings.map((s: { key: string; verdict: string; wanted: string }) => [
          s.key,
          s.verdict,
          s.wanted,
        ]);
      };
      expect(verdicts(['--host', join(folder, 'host.json')])).toEqual(verdicts([]));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('carries the host’s name only when asked', () => {
    const name = hostname();
    expect(JSON.parse(tune(['capture']).stdout).hostName).toBeNull();
    expect(JSON.parse(tune(['capture', '--with-host-name']).stdout).hostName).toBe(name);
  });
});

describe('tune explain', () => {
  test.each(['net.ipv4.tcp_mem', 'net/ipv4/tcp_mem', '/proc/sys/net/ipv4/tcp_mem'])(
    '%s, in every spelling',
    (spelling) => {
      const { code, stdout } = tune(['explain', spelling]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^net\.ipv4\.tcp_mem\n/);
    },
  );

  test('every key of the catalogue can be explained, here', () => {
    // One run over all keys would hide which one fails; a sample of each reach keeps it short.
    const byReach = new Map([...CATALOGUE.values()].map((t) => [`${t.reach} ${t.shape.kind}`, t.key]));
    for (const key of byReach.values()) {
      const { code, stdout, stderr } = tune(['explain', key, '--format', 'json']);
      expect([key, code, stderr]).toEqual([key, 0, '']);
      expect(JSON.parse(stdout)).toMatchObject({ kind: 'tune-explain', key });
    }
  });
});

describe('tune profiles', () => {
  test('lists the shipped ones', () => {
    const { code, stdout } = tune(['profiles', '--format', 'json']);
    expect(code).toBe(0);
    const names = JSON.parse(stdout).profiles.map((p: { name: string }) => p.name);
    expect(names).toEqual(expect.arrayContaining(['c1m', 'c2m', 'c500k', 'gateway-500k', 'push-1m']));
  });

  test('shows one resolved, with origins and arithmetic', () => {
    const { stdout } = tune(['profiles', 'show', 'c1m', '--goal', '2000000', '--format', 'json']);
    const { goal, settings } = JSON.parse(stdout);
    expect(goal).toBe('2000000');
    const nrOpen = settings.find((s: { key: string }) => s.key === 'fs.nr_open');
    expect(nrOpen).toMatchObject({
      wanted: '≥ 4194304',
      arithmetic: ['1.05 × 2,000,000 + 1,000 = 2,101,000, next power of two 4,194,304'],
      origin: { profile: 'c1m', file: 'profiles/c1m.yaml' },
    });
  });

  test.each(['c1m', 'c2m', 'c500k', 'gateway-500k', 'push-1m'])(
    '%s is valid by the published schema, for editors',
    (name) => {
      const validate = schema('profile');
      expect([validate(parse(readFileSync(`profiles/${name}.yaml`, 'utf8'))), validate.errors]).toEqual([
        true,
        null,
      ]);
    },
  );

  test('the published schema refuses what the program refuses', () => {
    const validate = schema('profile');
    const base = { name: 'x', title: 'A title', description: 'Long enough to be a description.', goal: 5 };
    const why = { why: 'Because the test needs a reason.', source: 'test' };
    const settings = (body: object) => ({ ...base, settings: { 'fs.file-max': { ...why, ...body } } });
    expect(validate(settings({ atLeast: 5 }))).toBe(true);
    expect(validate(settings({}))).toBe(false);
    expect(validate(settings({ atLeast: 5, atMost: 9 }))).toBe(false);
    expect(validate({ ...base, settings: { 'fs.file-max': { atLeast: 5 } } })).toBe(false);
    expect(validate(settings({ atleast: 5 }))).toBe(false);
  });
});

test('help and version', () => {
  expect(tune(['--help']).stdout).toContain('tune audit');
  expect(tune(['--help']).stdout).toContain('Exit codes: 0 as wanted');
  expect(tune(['--version']).stdout.trim()).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
});
