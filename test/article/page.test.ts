import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type ArticleFigures, renderPage } from '../../scripts/article/page/index.mjs';

const folder = new URL('../../docs/evidence/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const figures = JSON.parse(read('article.json')) as ArticleFigures;

/** The figures with one measurement changed by `change`. */
function changed(claim: string, change: (copy: Record<string, unknown>) => void): ArticleFigures {
  const copy = structuredClone(figures) as { claims: Record<string, Record<string, unknown>> };
  change(copy.claims[claim] ?? {});
  return copy as unknown as ArticleFigures;
}

/** The cell under “verdict” in the first table, of the row that has these words. */
function verdictOf(page: string, words: string): string | undefined {
  const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(words));
  return row?.split('|')[2]?.trim();
}

describe('the page of the article’s claims', () => {
  test('is what its figures render to', () => {
    expect(renderPage(figures)).toBe(read('article.md'));
  });

  test('says so where a measurement is missing', () => {
    const page = renderPage({ ...figures, claims: {} });
    expect(verdictOf(page, 'ip_local_port_range')).toBe('**not measured**');
    expect(verdictOf(page, 'file-max')).toBe('**not measured**');
  });

  test('a verdict follows from the figures', () => {
    expect(verdictOf(renderPage(figures), 'ip_local_port_range')).toBe('**true**');
    const fewer = changed('ports', ({ ranges }) => {
      for (const range of ranges as { held: number }[]) range.held = 20_000;
    });
    expect(verdictOf(renderPage(fewer), 'ip_local_port_range')).toBe('**false**');

    expect(verdictOf(renderPage(figures), 'file-max')).toBe('**true then, not today**');
    const raised = changed('file-max', (claim) => {
      claim.before = '8192';
    });
    expect(verdictOf(renderPage(raised), 'file-max')).toBe('**true**');
  });

  test('a run that was out of time before anything stopped it decides nothing', () => {
    const late = changed('low-memory', (claim) => {
      Object.assign(claim, { ended: 'time', output: [], consoleKills: [] });
    });
    expect(verdictOf(renderPage(late), 'LOWMEM')).toBe('**not measured to the end**');
    const killed = changed('low-memory', (claim) => {
      const line = 'Out of memory: Killed process 7 (soak)';
      Object.assign(claim, { ended: 'oom', output: [line], consoleKills: [] });
    });
    expect(verdictOf(renderPage(killed), 'LOWMEM')).not.toBe('**not measured to the end**');
  });

  test('equal memory of idle connections is not called a saving, less of it is', () => {
    expect(verdictOf(renderPage(figures), 'tcp_rmem')).toBe('**only when data waits unread**');
    const cheaper = changed('idle-buffers', ({ variants }) => {
      for (const { name, runs } of variants as { name: string; runs: { kernelPerConnection: number }[] }[]) {
        if (name === 'article') for (const run of runs) run.kernelPerConnection /= 2;
      }
    });
    expect(verdictOf(renderPage(cheaper), 'tcp_rmem')).toBe('**true**');
  });
});
