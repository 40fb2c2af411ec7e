import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../src/model/error.ts';
import { formatPlan, parsePlan } from '../../src/plan/index.ts';
import { c1m, planOf, STOCK } from './support.ts';

const plan = planOf({
  profile: c1m(),
  facts: STOCK,
  machine: { conntrack: 'active' },
  options: { pin: true },
});
const text = formatPlan(plan);
const changed = (change: (json: Record<string, unknown>) => void): string => {
  const json = JSON.parse(text);
  change(json);
  return JSON.stringify(json);
};

describe('the plan as a document', () => {
  test('comes back as it went out, big integers and all', () => {
    expect(parsePlan(text, 'plan.json')).toEqual(plan);
    expect(formatPlan(parsePlan(text, 'plan.json'))).toBe(text);
    expect(text).toContain('9223372036854775807');
  });

  test('carries a unified diff per file', () => {
    const json = JSON.parse(text);
    expect(json.files[0].diff).toMatch(
      /^--- \/dev\/null\n\+\+\+ b\/etc\/modules-load.d\/zz-tune.conf\n@@ -0,0 \+1,/,
    );
  });

  test.each([
    ['no JSON', '{', 'not JSON'],
    ['something else', '{"a":1}', 'no schemaVersion'],
    [
      'an older schema',
      changed((j) => {
        j.schemaVersion = 0;
      }),
      'schema version 0',
    ],
    [
      'a newer schema',
      changed((j) => {
        j.schemaVersion = 2;
      }),
      'make it again',
    ],
    [
      'a missing member',
      changed((j) => {
        delete j.writes;
      }),
      'writes',
    ],
    [
      'an unknown member',
      changed((j) => {
        j.shell = 'rm -rf /';
      }),
      'not a plan',
    ],
    [
      'an unknown action',
      changed((j) => {
        j.actions = ['reboot'];
      }),
      'actions.0',
    ],
    ['a value that is none', text.replace('"text": "2097152"', '"text": "lots"'), 'is no integer'],
    ['another mode', text.replace('"mode": 420', '"mode": 511'), 'mode'],
  ])('%s is refused with the place', (_, bad, message) => {
    expect(() => parsePlan(bad, 'plan.json')).toThrow(InputError);
    expect(() => parsePlan(bad, 'plan.json')).toThrow(message);
    expect(() => parsePlan(bad, 'plan.json')).toThrow(/^plan\.json: /);
  });
});
