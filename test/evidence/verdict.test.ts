import { describe, expect, test } from '@jest/globals';
import { compareRuns, settle } from '../../src/evidence/index.ts';
import { condense } from '../../src/evidence/shipped.ts';
import type { EvidenceExperiment, EvidenceReport } from '../../src/model/evidence.ts';
import { runs, soak, three } from './reports.ts';

const PLAN = { key: 'net.ipv4.tcp_tw_reuse', experiments: [], kept: 'it costs nothing' };
const quiet = compareRuns(
  runs(
    three(() => soak()),
    three(() => soak()),
  ),
  'a',
);
const strong = (verdict: EvidenceExperiment['verdict']) => ({ ...quiet, verdict, reason: verdict });

describe('the verdict of a setting', () => {
  test.each([
    [['no-effect', 'helps'], 'helps'],
    [['helps', 'harmful', 'no-effect'], 'harmful'],
    [['harmful', 'needed'], 'needed'],
  ] as const)('%j comes to %s', (verdicts, expected) => {
    expect(settle(PLAN, verdicts.map(strong))).toMatchObject({ verdict: expected });
  });

  test('the strongest experiment’s reason, with where it was seen', () => {
    const { reason } = settle(PLAN, [quiet, strong('helps')]);
    expect(reason).toBe('helps (reconnect, 20,000 connections)');
  });

  test('without an effect it says why it is kept', () => {
    expect(settle(PLAN, [quiet]).reason).toMatch(/nothing moved .*; kept: it costs nothing$/);
    expect(settle(PLAN, [strong('helps')]).reason).not.toContain('kept');
  });

  test('harm in another experiment is not kept quiet', () => {
    const { verdict, reason } = settle(PLAN, [
      { ...strong('harmful'), about: 'elsewhere' },
      strong('needed'),
    ]);
    expect(verdict).toBe('needed');
    expect(reason).toMatch(/^needed .*; but: elsewhere: harmful$/);
  });

  test('nothing measured: the reason, or that it has not run', () => {
    expect(settle({ ...PLAN, unmeasured: 'nobody can' }, [])).toMatchObject({
      verdict: 'not-measured',
      reason: 'nobody can',
    });
    expect(settle(PLAN, []).reason).toBe('not run yet');
  });
});

test('what ships is the verdict of each key, profile by profile', () => {
  const report = (profile: string, verdict: EvidenceExperiment['verdict']): EvidenceReport => ({
    ...{ kind: 'tune-evidence', schemaVersion: 1, profile, goal: 1, measuredOn: '2026-11-24', version: '1' },
    settings: [{ key: 'net.core.somaxconn', verdict, reason: 'because', experiments: [strong(verdict)] }],
  });
  expect(condense([report('c1m', 'needed'), report('c2m', 'helps')])).toEqual({
    'net.core.somaxconn': [
      { profile: 'c1m', verdict: 'needed', reason: 'because' },
      { profile: 'c2m', verdict: 'helps', reason: 'because' },
    ],
  });
});
