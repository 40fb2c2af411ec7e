/** tune trial: a profile tried in a network namespace of its own. Nothing of the host changes. */
import { writeFileSync } from 'node:fs';
import { type Contender, runTrials } from '../../experiment.ts';
import { linuxHost } from '../../host/linux.ts';
import { linuxWriter } from '../../host/linux-writer.ts';
import { InputError } from '../../model/error.ts';
import type { TrialReport } from '../../model/trial.ts';
import { CATALOGUE } from '../../pipeline.ts';
import { renderTrial, subjectText } from '../../report/trial-human.ts';
import { soakOptions } from '../../soak/options.ts';
import { isPerNamespace } from '../../trial/settings.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { checkKnown, parseFlags, type TrialFlags, trialFlags } from '../options.ts';
import { chooseProfile, loadProfile } from '../profiles.ts';
import { freshSeed, milliseconds, soakHere } from '../soaking.ts';
import { checkOutput } from './soak.ts';

/** The name that stands for no profile at all: the kernel's own defaults. */
const NO_PROFILE = 'none';

export async function runTrial(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(trialFlags, raw);
  const contenders = await contendersOf(flags);
  const goals = contenders.flatMap(({ profile }) => (profile === null ? [] : [profile.goal]));
  const connections = flags.connections ?? flags.goal ?? goals[0];
  if (connections === undefined) throw new InputError('say how many connections to hold', '--connections');
  const output = flags.output === undefined ? null : checkOutput(flags.output);
  const report = await runTrials(contenders, {
    host: linuxHost(),
    writer: await linuxWriter({ root: '/' }),
    goal: flags.goal,
    soak: (inside, subject) => {
      io.complain(`tune: ${subjectText(subject)}\n`);
      const options = soakOptions({
        goal: Number(connections),
        mode: flags.strict ? 'strict' : 'spread',
        namespace: true,
        family: flags.ipv6 ? 6 : undefined,
        workload: flags.workload ?? contenders.find(({ profile }) => profile !== null)?.profile?.workload,
        holdMs: milliseconds(flags.hold),
        force: flags.force,
        seed: freshSeed(),
      });
      return soakHere(options, io, { onNamespace: inside });
    },
  });
  if (output !== null) writeFileSync(output, toJsonText(report));
  io.print(flags.format === 'json' ? toJsonText(report) : renderTrial(report, io.width, io.palette));
  return exitCodeOf(report);
}

async function contendersOf(flags: TrialFlags): Promise<readonly Contender[]> {
  const { compare } = flags;
  if (compare.length === 0) {
    const profile = flags.profile === NO_PROFILE ? null : await chooseProfile(flags.profile);
    const keys = profile?.settings.map(({ key }) => key) ?? [];
    checkKnown('--without', flags.without, keys, `profile ${profile?.name ?? NO_PROFILE} has no such key:`);
    for (const key of [...flags.without, ...Object.keys(flags.set)]) requirePerNamespace(key);
    return [{ subject: { profile: profile?.name ?? null, without: flags.without, set: flags.set }, profile }];
  }
  if (compare.length !== 2) throw new InputError('names two profiles, such as none c1m', '--compare');
  if (flags.profile !== undefined || flags.without.length > 0 || Object.keys(flags.set).length > 0)
    throw new InputError(
      'two whole profiles are compared: leave out --profile, --without and --set',
      '--compare',
    );
  return Promise.all(
    compare.map(async (name) => {
      const profile = name === NO_PROFILE ? null : await loadProfile(name, '--compare');
      return { subject: { profile: profile?.name ?? null, without: [], set: {} }, profile };
    }),
  );
}

function requirePerNamespace(key: string): void {
  checkKnown('--set', [key], [...CATALOGUE.keys()], 'key');
  if (isPerNamespace(CATALOGUE.get(key))) return;
  throw new InputError(`${key} has one value for the whole host: a trial cannot change it`, '--set');
}

function exitCodeOf({ trials }: TrialReport): number {
  const states = trials.map(({ soak }) => soak.verdict.state);
  if (states.includes('failed')) return EXIT.notAsWanted;
  return states.includes('inconclusive') ? EXIT.inconclusive : EXIT.asWanted;
}
