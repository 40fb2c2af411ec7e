import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { goldenResults } from './support/golden.ts';
import { captureOf } from './support/hosts/capture.ts';
import { MADE_HOSTS } from './support/hosts/index.ts';

const HOSTS = 'test/fixtures/hosts';
const GOLDEN = 'test/golden/audit';
const hosts = readdirSync(HOSTS);

describe('recorded hosts', () => {
  test.each(hosts)('%s: the whole audit is what it was', async (name) => {
    for (const [suffix, text] of Object.entries(await goldenResults(join(HOSTS, name, 'host.json')))) {
      expect([suffix, text]).toEqual([suffix, readFileSync(join(GOLDEN, `${name}.${suffix}`), 'utf8')]);
    }
  });

  test.each(hosts)('%s says what is recorded and what was made by hand', (name) => {
    expect(readFileSync(join(HOSTS, name, 'about.md'), 'utf8')).toMatch(/recorded|made by hand/i);
  });

  test('every golden file belongs to a host', () => {
    const strays = readdirSync(GOLDEN).filter((file) => !hosts.some((host) => file.startsWith(`${host}.c`)));
    expect(strays).toEqual([]);
  });

  test.each(MADE_HOSTS)('$name: the capture is what the sketch makes', ({ name, parts }) => {
    expect(existsSync(join(HOSTS, name))).toBe(true);
    expect(JSON.parse(readFileSync(join(HOSTS, name, 'host.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(captureOf(parts))),
    );
  });

  test('lines fit 80 columns', () => {
    for (const file of readdirSync(GOLDEN).filter((f) => f.endsWith('.txt'))) {
      const wide = readFileSync(join(GOLDEN, file), 'utf8')
        .split('\n')
        .filter((line) => [...line].length > 80);
      expect([file, wide]).toEqual([file, []]);
    }
  });
});
