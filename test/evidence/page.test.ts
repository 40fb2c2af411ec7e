import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { compareRuns, settle } from '../../src/evidence/index.ts';
import type { EvidenceReport } from '../../src/model/evidence.ts';
import { renderEvidencePage } from '../../src/report/evidence-page.ts';
import { EXPERIMENT, runs, soak, three } from './reports.ts';

const fast = three((i) => soak({ work: { connectsPerSecond: 45_000 + 100 * i } }));
const slow = three((i) => soak({ work: { connectsPerSecond: 500 + i } }));
const also = { 'net.core.somaxconn': '256' };
const helps = compareRuns(runs(fast, slow, { ...EXPERIMENT, also }), 'aaaaaaaaaaaa');
const taken = compareRuns(runs(fast, slow, { ...EXPERIMENT, profile: 'c1m' }), 'bbbbbbbbbbbb');
const observed = compareRuns(
  {
    ...runs([], []),
    experiment: { ...EXPERIMENT, place: 'vm', profile: 'c1m', withoutValue: null, comparison: 'left-out' },
    observed: { with: 'a login gets 1048576', without: 'a|b is refused', failedWithout: true },
  },
  'cccccccccccc',
);
const plan = (key: string, more = {}) => ({ key, experiments: [], ...more });
const REPORT: EvidenceReport = {
  ...{ kind: 'tune-evidence', schemaVersion: 1, profile: 'gateway-500k', goal: 500_000 },
  ...{ measuredOn: '2026-11-24', version: '0.1.0' },
  settings: [
    settle(plan('net.ipv4.tcp_tw_reuse'), [helps, taken]),
    settle(plan('limit.nofile.hard'), [observed]),
    settle(plan('net.ipv4.tcp_keepalive_time', { unmeasured: 'every peer is alive' }), []),
  ],
};
const page = renderEvidencePage(REPORT);

describe('the page of a profile’s evidence', () => {
  test('has one line for each setting, with verdict and reason', () => {
    expect(page).toContain(
      '| `net.ipv4.tcp_tw_reuse` | 1 | **helps** | with 0 instead, reconnect, connects: 501/s in place of 45,100/s (-98.9%) (reconnect, 20,000 connections) |',
    );
    expect(page).toContain('| `net.ipv4.tcp_keepalive_time` |  | **not measured** | every peer is alive |');
  });

  test('has medians and ranges, what both sides had, and the commands', () => {
    expect(page).toContain(
      '| reconnect, connects | 45,100/s (45,000 to 45,200) | 501/s (500 to 502) | -98.9% |',
    );
    expect(page).toContain('on both sides `net.core.somaxconn` = 256');
    expect(page).toContain('measured under c1m, which has the same values');
    expect(page).toContain('\n    tune trial --set\n');
  });

  test('what was observed instead of soaked is told, and breaks no table', () => {
    expect(page).toContain('| what happened | a login gets 1048576 | a\\|b is refused |  |');
    expect(page).toMatch(/in a virtual machine .*; measured under c1m, with the values of its goal/);
  });

  test('what was not measured has no section', () => {
    expect(page.match(/^## /gm)).toHaveLength(2);
  });
});

test('the published schema describes such a report', () => {
  const schema = JSON.parse(readFileSync('docs/schema/evidence.json', 'utf8'));
  const validate = new Ajv2020().compile(schema);
  expect([validate(REPORT), validate.errors]).toEqual([true, null]);
  expect(validate({ ...REPORT, extra: 1 })).toBe(false);
});
