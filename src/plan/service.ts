/** `--service UNIT`: the limit of the one service that holds the connections, from what the profile wants of nofile. */

import type { Refusal } from '../model/plan.ts';
import { nearest, satisfies } from '../model/relation.ts';
import type { PlanInput } from './input.ts';
import type { Managed } from './managed.ts';
import type { LineNeed, Needs } from './needs.ts';
import { reasonOf } from './reason.ts';

const KEY = 'systemd.LimitNOFILE';
/** The first that the profile speaks about decides. */
const SOURCES = [KEY, 'limit.nofile.hard', 'systemd.DefaultLimitNOFILE'] as const;

export function withServiceLimit(needs: Needs, input: PlanInput, managed: Managed): Needs {
  const { options, settings, tunables, boot } = input;
  const others = needs.lines.filter(({ key }) => key !== KEY);
  if (options.service === null) return { ...needs, lines: others };
  const source = SOURCES.flatMap((key) => settings.find((s) => s.setting.key === key) ?? []).find(
    ({ wanted }) => wanted !== null,
  );
  const tunable = tunables.get(KEY);
  if (source?.wanted == null || tunable === undefined) {
    return { ...needs, lines: others, refusals: [...needs.refusals, noLimit(options.service)] };
  }
  const outcome = boot.outcome(KEY);
  const given = outcome?.value ?? null;
  const ours = managed.decides(KEY, outcome);
  if (given !== null && satisfies(source.wanted, given) && !ours && !options.pin) {
    return { ...needs, lines: others };
  }
  const value = nearest(source.wanted, given?.kind === 'limit' ? given : { kind: 'limit', n: 0n });
  if (value === null)
    return { ...needs, lines: others, refusals: [...needs.refusals, noLimit(options.service)] };
  const line: LineNeed = { key: KEY, value, wanted: source.wanted, tunable, reason: reasonOf(source) };
  return { ...needs, lines: [...others, line] };
}

function noLimit(service: string): Refusal {
  return {
    code: 'service-without-limit',
    subject: service,
    what: `The profile asks for no limit of open files that ${service} could be given.`,
    arithmetic: [],
    remedy: 'Leave --service out, or add limit.nofile.hard to the profile.',
  };
}
