import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { VM_KEYS } from '../../src/evidence/vm-experiments.ts';
import { TUNABLES } from '../../src/tunables/index.ts';

/** Keys that the shipped profiles name themselves; what a profile inherits is named by another one. */
const profiles = new Map(
  readdirSync('profiles').map((file) => {
    const document = parse(readFileSync(`profiles/${file}`, 'utf8')) as { settings: object };
    return [file.replace(/\.yaml$/, ''), Object.keys(document.settings)] as const;
  }),
);
const profileKeys = new Set([...profiles.values()].flat());
const vmKeys = VM_KEYS.map(({ key }) => key);

describe('the experiments of the virtual machine', () => {
  test('no key has two plans', () => {
    expect(new Set(vmKeys).size).toBe(vmKeys.length);
  });

  test('every key of a profile that a namespace of its own cannot hold has a plan here', () => {
    const outside = TUNABLES.filter(({ key, reach }) => profileKeys.has(key) && reach !== 'per-namespace');
    expect(outside.map(({ key }) => key).filter((key) => !vmKeys.includes(key))).toEqual([]);
    expect(outside.length).toBeGreaterThanOrEqual(10);
  });

  test('every plan is of a key of some profile', () => {
    expect(vmKeys.filter((key) => !profileKeys.has(key))).toEqual([]);
  });

  test('every profile that is named is a shipped one', () => {
    const named = VM_KEYS.flatMap(({ experiments }) => experiments.flatMap((e) => e.profiles ?? []));
    expect(named.filter((name) => !profiles.has(name))).toEqual([]);
  });

  test.each(VM_KEYS)(
    '$key: each profile has at most one experiment, or a reason why there is none',
    (plan) => {
      for (const name of profiles.keys()) {
        const own = plan.experiments.filter((e) => e.profiles?.includes(name) ?? true);
        expect(own.length).toBeLessThanOrEqual(1);
      }
      if (plan.experiments.length === 0) expect(plan.unmeasured).toBeDefined();
    },
  );
});
