/** Evidence for each setting: which soaks show it, and what they showed. Pure; the runs are made by scripts/evidence. */
export { compareRuns, endOf, METHOD, needsAnotherPair } from './compare.ts';
export { FELT, feltValues, valuesInForce } from './context.ts';
export type { Experiment, ExperimentRuns } from './experiment.ts';
export { experimentsOf, KEY_PLANS, planOf, planOrNone } from './plans.ts';
export { ALL_PAIRS } from './significance.ts';
export { settle } from './verdict.ts';
