/** docs/tunables.md is what the catalogue says today, every link in it leads somewhere, and --check notices a change. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TUNABLES } from '../../src/tunables/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const published = join(root, 'docs', 'tunables.md');

function generate(...args: string[]) {
  const script = join(root, 'scripts', 'generate-docs.mjs');
  return spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });
}

describe('docs/tunables.md', () => {
  const text = readFileSync(published, 'utf8');
  const headings = [...text.matchAll(/^#{2,3} (.+)$/gm)].map((match) => match[1] ?? '');

  test('is up to date with the catalogue', () => {
    const { status, stderr } = generate('--check');
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('has one entry for each key', () => {
    const entries = headings.filter((heading) => heading.startsWith('`'));
    expect([...entries].sort()).toEqual(TUNABLES.map(({ key }) => `\`${key}\``).sort());
  });

  test('has no link that leads nowhere', () => {
    // GitHub's rule: lower case, blanks become dashes, punctuation but dash and underscore goes.
    const anchors = headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(' ', '-')
        .replace(/[^a-z0-9_-]/g, ''),
    );
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(TUNABLES.length);
    expect(links.filter((target) => !anchors.includes(target ?? ''))).toEqual([]);
  });

  test('has whole tables: each row has as many cells as its header', () => {
    const cells = (line: string) => line.replaceAll('\\|', '').split('|').length;
    const lines = text.split('\n');
    const uneven = lines.filter((line, i) => {
      const before = lines[i - 1] ?? '';
      return line.startsWith('|') && before.startsWith('|') && cells(line) !== cells(before);
    });
    expect(uneven).toEqual([]);
  });
});

describe('scripts/generate-docs.mjs --check', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tune-docs-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['edited by hand', () => readFileSync(published, 'utf8').replace('# Settings', '# Setings')],
    ['empty', () => ''],
  ])('fails with one line and changes nothing when the page is %s', (_, content) => {
    const page = join(folder, 'page.md');
    writeFileSync(page, content());
    const { status, stderr } = generate('--check', page);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^.*page\.md is out of date: run node scripts\/generate-docs\.mjs\n$/);
    expect(readFileSync(page, 'utf8')).toBe(content());
  });

  test('writes what is published', () => {
    const page = join(folder, 'fresh.md');
    expect(generate(page).status).toBe(0);
    expect(readFileSync(page, 'utf8')).toBe(readFileSync(published, 'utf8'));
  });
});
