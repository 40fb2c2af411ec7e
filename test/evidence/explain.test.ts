/** `tune explain KEY` says what the evidence is, as it was when the bundle was built. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { condense, type KeyEvidence } from '../../src/evidence/shipped.ts';
import type { EvidenceReport } from '../../src/model/evidence.ts';
import { CATALOGUE } from '../../src/pipeline.ts';
import { type Explanation, explanationToDocument, renderExplanation } from '../../src/report/explain.ts';
import { PLAIN } from '../../src/report/palette.ts';
import { tune } from '../support/cli.ts';

const KEY = 'net.ipv4.tcp_tw_reuse';

function explanation(evidence: readonly KeyEvidence[]): Explanation {
  const tunable = CATALOGUE.get(KEY);
  if (tunable === undefined) throw new Error(`no ${KEY}`);
  const here = { fact: undefined, finding: null, outcome: null, prediction: null };
  return { tunable, ...here, profileName: 'c1m', origin: 'here', evidence };
}

const text = (evidence: readonly KeyEvidence[]) => renderExplanation(explanation(evidence), 200, PLAIN);

describe('tune explain', () => {
  test('one line for each profile, with the page where there is one', () => {
    const lines = text([
      { profile: 'c1m', verdict: 'helps', reason: 'without it 3 in place of 9' },
      { profile: 'c2m', verdict: 'not-measured', reason: 'not run yet' },
    ]).split('\n');
    const at = lines.findIndex((line) => line.startsWith('evidence'));
    expect(lines[at]).toMatch(
      /^evidence {4}• c1m: helps: without it 3 in place of 9 \(docs\/evidence\/c1m\.md\)$/,
    );
    expect(lines[at + 1]).toMatch(/^ {12}• c2m: not measured: not run yet$/);
  });

  test('no word of it where there is none', () => {
    expect(text([])).not.toContain('evidence');
  });

  test('in its JSON, too', () => {
    const evidence = [{ profile: 'c1m', verdict: 'needed', reason: 'so' }] as const;
    expect(explanationToDocument(explanation(evidence))).toMatchObject({ key: KEY, evidence });
  });

  test('the bundle has what docs/evidence says', () => {
    const folder = 'docs/evidence';
    const names = existsSync(folder) ? readdirSync(folder).sort() : [];
    const reports = names
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as EvidenceReport)
      .filter(({ kind }) => kind === 'tune-evidence');
    const { evidence } = JSON.parse(tune(['explain', KEY, '--format', 'json']).stdout);
    expect(evidence).toEqual(condense(reports)[KEY] ?? []);
  });
});
