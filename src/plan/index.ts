/** Findings → a plan, or every reason why there is none. Pure: the same input gives the same bytes. */
import { type LaterWriters, PLAN_SCHEMA_VERSION, type Plan, type PlannedAction } from '../model/plan.ts';
import { basisOf } from './basis.ts';
import { profileDigest } from './digest.ts';
import { effectsOf } from './effects.ts';
import { planFiles } from './files.ts';
import type { PlanInput, PlanResult } from './input.ts';
import { environmentRefusals, nofileRefusals } from './interlocks.ts';
import { managedFiles } from './managed.ts';
import { needsOf } from './needs.ts';
import { ordered } from './order.ts';
import { withReservedPorts } from './ports.ts';
import { withServiceLimit } from './service.ts';

export { staleFacts, type World } from './basis.ts';
export { bootViewOf } from './boot-from-prediction.ts';
export { type BootOutcome, type BootView, NO_BOOT_VIEW, type Place } from './boot-view.ts';
export { profileDigest } from './digest.ts';
export { formatPlan, parsePlan } from './document.ts';
export { isOurs } from './fragments/fragment.ts';
export { DEFAULT_OPTIONS, type PlanInput, type PlanOptions, type PlanResult } from './input.ts';
export { directoryOf, FILE_NAME, isUnitName, unitName } from './names.ts';
export { ordered } from './order.ts';

export function makePlan(input: PlanInput): PlanResult {
  const { options } = input;
  const managed = managedFiles(input.existing);
  const needs = withServiceLimit(withReservedPorts(needsOf(input, managed), input, managed), input, managed);
  const writes = ordered(needs.writes);
  const { files, beaten, refusals } = planFiles(needs.lines, input);
  const nothing = writes.length === 0 && files.length === 0;
  const all = [
    ...(nothing ? [] : environmentRefusals(input, writes)),
    ...needs.refusals,
    ...nofileRefusals(needs.lines, writes, input),
    ...refusals,
  ];
  if (all.length > 0) return { kind: 'refused', refusals: all };
  const plan: Plan = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    target: options.target,
    profile: {
      name: input.profile.name,
      digest: profileDigest(input.profile, input.goal),
      goal: input.goal,
    },
    basis: nothing ? [] : basisOf(input, options.target, { writes, lines: needs.lines, files }),
    writes,
    files,
    actions:
      options.target === 'host'
        ? actionsOf(
            files.map(({ path }) => path),
            input,
          )
        : [],
    effects: nothing ? [] : effectsOf(writes, needs.lines, input),
    beaten,
    laterWriters: laterWritersOf(new Set([...writes, ...needs.lines].map(({ key }) => key)), input),
    withheld: needs.withheld,
  };
  return { kind: 'plan', plan };
}

function laterWritersOf(keys: ReadonlySet<string>, { settings }: PlanInput): readonly LaterWriters[] {
  return settings.flatMap(({ setting, boot }) => {
    const programs = [...new Set(boot?.later ?? [])];
    return keys.has(setting.key) && programs.length > 0 ? [{ key: setting.key, programs }] : [];
  });
}

function actionsOf(paths: readonly string[], { snapshot }: PlanInput): readonly PlannedAction[] {
  const systemd =
    snapshot.machine.init === 'systemd' && paths.some((path) => path.startsWith('/etc/systemd/'));
  const limits = paths.some((path) => path.startsWith('/etc/security/'));
  return [...(systemd ? (['systemd-reload'] as const) : []), ...(limits ? (['session-check'] as const) : [])];
}
