/**
 * The story of a trial: a network namespace of its own, the profile's values written and read back there, and a soak.
 * Nothing of the host changes. Loaded only when one is asked for.
 */
import { diff } from './diff/index.ts';
import { gather } from './gather/index.ts';
import type { HostReader } from './host/reader.ts';
import type { HostWriter } from './host/writer.ts';
import { type Fact, readValue } from './model/fact.ts';
import type { LiveWrite } from './model/plan.ts';
import type { Profile } from './model/profile.ts';
import type { SoakReport } from './model/soak.ts';
import {
  TRIAL_SCHEMA_VERSION,
  type Trial,
  type TrialReport,
  type TrialSubject,
  type TriedSetting,
  type UntriedSetting,
} from './model/trial.ts';
import { formatValue } from './model/value.ts';
import { CATALOGUE } from './pipeline.ts';
import { ordered } from './plan/index.ts';
import { compareSoaks } from './trial/compare.ts';
import { trialSettings } from './trial/settings.ts';
import { judge } from './write/index.ts';

/** The namespace of the thread that asks, as the kernel names it: `net:[4026531840]`. */
const NAMESPACE = '/proc/thread-self/ns/net';

export interface TrialRequest {
  readonly host: HostReader;
  readonly writer: HostWriter;
  /** The goal that the profiles' formulas are worked out for; null: each profile's own. */
  readonly goal: bigint | null;
  /** Runs a soak in a network namespace of its own and calls `inside` there, before anything is read. */
  readonly soak: (inside: () => void, subject: TrialSubject) => Promise<SoakReport>;
}

export interface Contender {
  readonly subject: TrialSubject;
  /** Null: the kernel's defaults. */
  readonly profile: Profile | null;
}

export async function runTrials(
  contenders: readonly Contender[],
  request: TrialRequest,
): Promise<TrialReport> {
  const trials: Trial[] = [];
  for (const contender of contenders) trials.push(await runTrial(contender, request));
  const [first, second] = trials;
  return {
    kind: 'tune-trial',
    schemaVersion: TRIAL_SCHEMA_VERSION,
    trials,
    differences: first === undefined || second === undefined ? [] : compareSoaks(first.soak, second.soak),
  };
}

async function runTrial({ subject, profile }: Contender, request: TrialRequest): Promise<Trial> {
  const { host, writer } = request;
  const home = host.readlink(NAMESPACE);
  // Some host-wide keys cannot even be read inside; the soak runs with them all the same.
  const outside = gather(host, { by: 'parent' }).facts;
  let tried: readonly TriedSetting[] = [];
  let untried: readonly UntriedSetting[] = [];
  const soak = await request.soak(() => {
    const here = host.readlink(NAMESPACE);
    // The last line of defence: a write on the host itself would be no trial.
    if (!home.ok || !here.ok || home.value === here.value)
      throw new Error('not in a namespace of its own: nothing was written');
    const snapshot = gather(host, { by: 'parent' });
    const live = (key: string) => readValue(snapshot.facts.get(key));
    const findings =
      profile === null
        ? []
        : diff(snapshot, profile, {
            goal: request.goal ?? profile.goal,
            tunables: CATALOGUE,
            predict: () => null,
            ignored: new Set(),
          });
    const settings = trialSettings(subject, findings, CATALOGUE, live);
    untried = settings.untried.map((one) => ({ ...one, value: one.value ?? textOf(outside.get(one.key)) }));
    tried = ordered(settings.writes).map((write) => tryOne(write, subject, writer));
  }, subject);
  return { subject, tried, untried, soak };
}

function textOf(fact: Fact | undefined): string | null {
  const value = readValue(fact);
  return value === null ? null : formatValue(value);
}

function tryOne(write: LiveWrite, { set }: TrialSubject, writer: HostWriter): TriedSetting {
  const to = formatValue(write.after);
  const base = { key: write.key, from: formatValue(write.before), to, byHand: write.key in set };
  const done = writer.writeKnob(write.path, to);
  if (!done.ok) return { ...base, held: null, outcome: 'rejected', errno: done.errno };
  const held = writer.readKnob(write.path);
  if (!held.ok) return { ...base, held: null, outcome: 'rejected', errno: held.errno };
  return { ...base, held: held.value.trim(), outcome: judge(write, held.value), errno: null };
}
