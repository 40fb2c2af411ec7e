/** tune plan: what apply would write, live and in files, and why. Changes nothing. */

import { type PlanRequest, plan } from '../../change.ts';
import { linuxHost } from '../../host/linux.ts';
import { formatPlan } from '../../plan/index.ts';
import { renderPlan, renderRefusals } from '../../report/plan.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { type PlanFlags, parseFlags, planFlags } from '../options.ts';
import { chooseProfile } from '../profiles.ts';
import { checkRoot } from '../target.ts';

export async function runPlan(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(planFlags, raw);
  const result = plan(await planRequest(flags));
  if (result.kind === 'refused') {
    io.print(
      flags.format === 'json'
        ? toJsonText({ kind: 'tune-refused', schemaVersion: 1, refusals: result.refusals })
        : renderRefusals(result.refusals, [], io.width, io.palette),
    );
    return EXIT.couldNotRun;
  }
  io.print(flags.format === 'json' ? formatPlan(result.plan) : renderPlan(result.plan, io.width, io.palette));
  const nothing = result.plan.writes.length === 0 && result.plan.files.length === 0;
  return nothing ? EXIT.asWanted : EXIT.notAsWanted;
}

export async function planRequest(flags: PlanFlags): Promise<PlanRequest> {
  const root = checkRoot(flags.root, false);
  return {
    host: linuxHost(),
    profile: await chooseProfile(flags.profile),
    goal: flags.goal,
    root,
    options: {
      pin: flags.pin,
      allowLowering: flags['allow-lowering'],
      outrank: flags.outrank,
      service: flags.service ?? null,
      target: root === '' ? 'host' : 'files',
      image: root !== '',
    },
  };
}
