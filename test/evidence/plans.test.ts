/** Every setting of every shipped profile has its evidence planned, or a reason why there can be none. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { experimentsOf, KEY_PLANS, planOf } from '../../src/evidence/index.ts';
import { KEEPALIVE_KEYS } from '../../src/evidence/keepalive-experiments.ts';
import { COUNTERS, FIGURES } from '../../src/model/figure-kinds.ts';
import type { Profile } from '../../src/model/profile.ts';
import { satisfies } from '../../src/model/relation.ts';
import { parseValue } from '../../src/model/value.ts';
import { CATALOGUE } from '../../src/pipeline.ts';
import { buildProfile } from '../../src/profile/build.ts';
import { type ParsedDocument, parseProfile } from '../../src/profile/document.ts';
import { resolveSetting } from '../../src/profile/resolve.ts';
import { isPerNamespace } from '../../src/trial/settings.ts';
import { machineOf } from '../support/snapshot.ts';

const documents = new Map<string, ParsedDocument>(
  readdirSync('profiles').map((file) => {
    const parsed = parseProfile(readFileSync(`profiles/${file}`, 'utf8'), `profiles/${file}`);
    return [parsed.document.name, parsed];
  }),
);
const profiles: readonly Profile[] = [...documents.values()].map((parsed) =>
  buildProfile(
    parsed,
    (name) => {
      const parent = documents.get(name);
      if (parent === undefined) throw new Error(`no profile ${name}`);
      return parent;
    },
    [...CATALOGUE.values()],
  ),
);
const pairs = profiles.flatMap(({ name, settings }) => settings.map(({ key }) => [name, key] as const));

describe('the plan of the evidence', () => {
  test.each(pairs)('%s: %s has an experiment, or a reason why there is none', (profile, key) => {
    const plan = planOf(key);
    if (plan === undefined) throw new Error(`nobody has planned how to show ${key}`);
    if (experimentsOf(plan, profile).length === 0) expect(plan.unmeasured ?? '').not.toBe('');
  });

  test('every plan is of a key of some profile, and no key has two', () => {
    const keys = KEY_PLANS.map(({ key }) => key);
    expect(keys.filter((key) => !pairs.some(([, other]) => other === key))).toEqual([]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('every profile that an experiment names is one that has the key', () => {
    const named = KEY_PLANS.flatMap(({ key, experiments }) =>
      experiments.flatMap(({ profiles: names = [] }) => names.map((name) => [name, key] as const)),
    );
    expect(named.filter(([name, key]) => !pairs.some((pair) => pair[0] === name && pair[1] === key))).toEqual(
      [],
    );
  });

  test('a namespace is asked only for keys that it has of its own', () => {
    const wrong = KEY_PLANS.flatMap(({ key, experiments }) =>
      experiments
        .filter(({ place }) => place === 'namespace')
        .flatMap(({ also = {} }) => [key, ...Object.keys(also)])
        .filter((one) => !isPerNamespace(CATALOGUE.get(one))),
    );
    expect(wrong).toEqual([]);
  });

  test('every value set by hand is one that its key can have', () => {
    const values = KEY_PLANS.flatMap(({ key, experiments }) =>
      experiments
        .filter(({ place, demonstration }) => place === 'namespace' && demonstration === undefined)
        .flatMap(({ also = {}, withValue, withoutValue }) => [
          ...Object.entries(also),
          ...[withValue, withoutValue].flatMap((value) =>
            value === undefined ? [] : [[key, value] as const],
          ),
        ]),
    );
    const wrong = values.filter(([key, text]) => {
      const tunable = CATALOGUE.get(key);
      return tunable === undefined || parseValue(tunable.shape, text) === null;
    });
    expect(values.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  test.each(KEEPALIVE_KEYS)(
    '$key is shown with what the profiles allow, against what they do not',
    (plan) => {
      const tunable = CATALOGUE.get(plan.key);
      const [experiment] = plan.experiments;
      if (tunable === undefined || experiment === undefined) throw new Error('no experiment');
      const value = (text: string | undefined) => {
        const parsed = parseValue(tunable.shape, text ?? '');
        if (parsed === null) throw new Error(`not a value of ${plan.key}: ${text}`);
        return parsed;
      };
      const wants = profiles.flatMap(({ settings, goal }) =>
        settings
          .filter(({ key }) => key === plan.key)
          .map((setting) => resolveSetting(setting, tunable, goal, machineOf()).relation),
      );
      expect(wants.length).toBeGreaterThan(2);
      for (const want of wants) {
        expect(satisfies(want, value(experiment.withValue))).toBe(true);
        expect(satisfies(want, value(experiment.withoutValue))).toBe(false);
      }
    },
  );

  test('the figure that decides is one that exists', () => {
    const names = new Set([...FIGURES, ...COUNTERS].map(({ name }) => name));
    const wanted = KEY_PLANS.flatMap(({ experiments }) => experiments.flatMap(({ figure }) => figure ?? []));
    expect(wanted.filter((figure) => !names.has(figure))).toEqual([]);
  });
});
