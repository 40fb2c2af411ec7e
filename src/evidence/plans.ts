/** Which experiments a profile's settings get. Pure. */
import type { Experiment } from './experiment.ts';
import { KEEPALIVE_KEYS } from './keepalive-experiments.ts';
import type { KeyPlan, PlannedExperiment } from './key-plan.ts';
import { NAMESPACE_KEYS } from './namespace-experiments.ts';
import { VM_KEYS } from './vm-experiments.ts';

export const KEY_PLANS: readonly KeyPlan[] = [...NAMESPACE_KEYS, ...KEEPALIVE_KEYS, ...VM_KEYS];

export function planOf(key: string): KeyPlan | undefined {
  return KEY_PLANS.find((plan) => plan.key === key);
}

/** A key that nobody has thought of yet has no experiment: its evidence says so. */
export function planOrNone(key: string): KeyPlan {
  return planOf(key) ?? { key, experiments: [] };
}

export function experimentsOf(plan: KeyPlan, profile: string): readonly Experiment[] {
  return plan.experiments
    .filter(({ profiles }) => profiles === undefined || profiles.includes(profile))
    .map((one) => asExperiment(plan.key, profile, one));
}

function asExperiment(key: string, profile: string, planned: PlannedExperiment): Experiment {
  return {
    key,
    profile,
    place: planned.place,
    workload: planned.workload,
    connections: planned.connections,
    comparison: planned.withoutValue === undefined ? 'left-out' : 'guarded',
    withoutValue: planned.withoutValue ?? null,
    withValue: planned.withValue ?? null,
    also: planned.also ?? {},
    about: planned.about,
    figure: planned.figure ?? null,
    ...(planned.demonstration === undefined ? {} : { demonstration: planned.demonstration }),
    ...(planned.amountsTo === undefined ? {} : { amountsTo: planned.amountsTo }),
  };
}
