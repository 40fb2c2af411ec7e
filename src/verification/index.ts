/**
 * The story of `tune verify`: what was applied, did the machine reboot since, is every setting live, do sessions get
 * their limits, and do the sockets really hold. Loaded only when one is asked for.
 */
import { predictBoot } from '../boot/predict.ts';
import { diff } from '../diff/index.ts';
import { gather } from '../gather/index.ts';
import type { HostReader } from '../host/reader.ts';
import type { HostWriter } from '../host/writer.ts';
import type { Journal } from '../model/change.ts';
import { InputError } from '../model/error.ts';
import { readValue } from '../model/fact.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { SoakOptions, SoakReport, WorkloadName } from '../model/soak.ts';
import {
  type FileCheck,
  type ProfileSoak,
  type RebootState,
  type SoakOutcome,
  VERIFY_SCHEMA_VERSION,
  type VerifyNote,
  type VerifyReport,
} from '../model/verify.ts';
import { CATALOGUE } from '../pipeline.ts';
import { profileDigest, unitName } from '../plan/index.ts';
import type { Capacity } from '../soak/capacity.ts';
import { type AppliedState, appliedState } from '../verify/applied.ts';
import { checkSessions } from '../verify/sessions.ts';
import { checkSettings } from '../verify/settings.ts';
import { memoryPrediction } from '../verify/soak.ts';
import { verdictOf } from '../verify/verdict.ts';
import { limitNotes, seeSessions } from './sessions.ts';

/** Fewer than these prove nothing of what tune is for. */
export const LEAST_CONNECTIONS = 500_000;
/** With memory for fewer, a soak says nothing. */
const LEAST_WORTHWHILE = 1000;
/** Some files of ours may have grown; what is longer than this is not ours any more. */
const LARGEST_FILE = 1 << 20;

export interface VerifyRequest {
  readonly host: HostReader;
  /** Null without root: sessions cannot be opened then. */
  readonly writer: HostWriter | null;
  /** All journals, oldest first; null when they cannot be read. */
  readonly journals: readonly Journal[] | null;
  /** Null with the reason when the one that was applied is not to be had any more. */
  readonly profile: Profile | null;
  readonly profileProblem: string | null;
  /** Instead of the goal that was applied. */
  readonly goal: number | null;
  /** Connections to hold; null: the goal, and not less than `LEAST_CONNECTIONS`. */
  readonly connections: number | null;
  readonly quick: boolean;
  /** Services to look at besides those that were given a limit. */
  readonly services: readonly string[];
  /** Profiles whose soaks are run, one after the other; empty for the one soak alone. */
  readonly each: readonly Profile[];
  readonly version: string;
  readonly soakOptions: (connections: number, workload: WorkloadName) => SoakOptions;
  readonly capacity: (options: SoakOptions) => Capacity;
  readonly soak: (options: SoakOptions, title: string) => Promise<SoakReport>;
}

export async function verify(request: VerifyRequest): Promise<VerifyReport> {
  const { host, profile } = request;
  const startedAt = new Date(host.self().now).toISOString();
  const applied = request.journals === null ? null : appliedState(request.journals);
  const goal = request.goal ?? Number(applied?.summary.goal ?? profile?.goal ?? LEAST_CONNECTIONS);
  const connections = request.connections ?? Math.max(goal, LEAST_CONNECTIONS);
  const units = [...new Set([...(applied?.units ?? []), ...request.services.map(unitName)])];
  const snapshot = gather(host, { by: 'parent' }, { units });
  const predict = predictBoot(snapshot, CATALOGUE).predict;
  const moved = profileNote(request, applied, goal);
  const findings =
    profile === null || moved?.code === 'profile-moved'
      ? []
      : diff(snapshot, profile, { goal: BigInt(goal), tunables: CATALOGUE, predict, ignored: new Set() });
  const files = checkFiles(host, applied);
  const settings = checkSettings({
    ...{ findings, applied, files, tunables: CATALOGUE, predict },
    live: (key) => readValue(snapshot.facts.get(key)),
  });
  const sessions = checkSessions(seeSessions(host, request.writer, snapshot, units), findings, applied);
  const soak = request.each.length > 0 ? SKIPPED : await runOne(request, connections, profile);
  const profiles = await runEach(request);
  const seen = { applied, reboot: rebootState(applied, snapshot), files, settings, sessions, soak, profiles };
  return {
    ...{ kind: 'tune-verify', schemaVersion: VERIFY_SCHEMA_VERSION, startedAt, version: request.version },
    host: hostOf(snapshot),
    profile: { name: profile?.name ?? applied?.summary.profile ?? '', goal },
    ...{ ...seen, applied: applied?.summary ?? null },
    connections,
    notes: [
      ...(moved === null ? [] : [moved]),
      ...sizeNotes(request, connections, goal),
      ...limitNotes(host, soak, sessions),
    ],
    verdict: verdictOf({ ...seen, applied: applied?.summary ?? null, isRoot: request.writer !== null }),
  };
}

const SKIPPED: SoakOutcome = { state: 'skipped' };

function hostOf({ machine }: Snapshot): VerifyReport['host'] {
  const { kernelRelease, distribution, bootId } = machine;
  return { kernelRelease, distribution: distribution.name, bootId };
}

function rebootState(applied: AppliedState | null, { machine }: Snapshot): RebootState {
  if (applied === null || applied.bootId === null || machine.bootId === null) return 'unknown';
  return applied.bootId === machine.bootId ? 'not-rebooted' : 'rebooted';
}

/** When the profile is not the one that was applied, its relations cannot judge what was. */
function profileNote(
  { profile, profileProblem }: VerifyRequest,
  applied: AppliedState | null,
  goal: number,
): VerifyNote | null {
  if (applied === null) return null;
  const { profile: name } = applied.summary;
  if (profile === null) return { code: 'profile-gone', profile: name, why: profileProblem ?? 'unknown' };
  if (profile.name !== name) return { code: 'other-profile', applied: name, judged: profile.name };
  if (goal !== Number(applied.summary.goal)) return null;
  return profileDigest(profile, BigInt(goal)) === applied.profileDigest
    ? null
    : { code: 'profile-moved', profile: name };
}

function checkFiles(host: HostReader, applied: AppliedState | null): readonly FileCheck[] {
  return [...(applied?.files ?? [])].map(([path, wanted]) => {
    const text = host.read(path, LARGEST_FILE);
    if (text.ok) return { path, state: text.value === wanted ? 'as-written' : 'changed' };
    if (text.errno === 'ENOENT') return { path, state: 'gone' };
    return { path, state: text.errno === 'EFBIG' ? 'changed' : 'unreadable' };
  });
}

async function runEach(request: VerifyRequest): Promise<readonly ProfileSoak[]> {
  const rows: ProfileSoak[] = [];
  for (const profile of request.each) {
    const { name, goal } = profile;
    const connections = request.connections ?? Math.max(Number(goal), LEAST_CONNECTIONS);
    const soak = await runOne(request, connections, profile);
    rows.push({ profile: name, goal: Number(goal), connections, soak });
  }
  return rows;
}

/** Under the profile's own workload. */
async function runOne(request: VerifyRequest, wanted: number, profile: Profile | null): Promise<SoakOutcome> {
  if (request.quick) return SKIPPED;
  const workload = profile?.workload ?? 'idle';
  const whole = request.soakOptions(wanted, workload);
  try {
    const { connections, shortfall } = whole.force
      ? { connections: wanted, shortfall: null }
      : request.capacity(whole);
    if (shortfall !== null && connections < LEAST_WORTHWHILE)
      return { state: 'impossible', why: `not enough memory: ${shortfall}` };
    const report = await request.soak(request.soakOptions(connections, workload), profile?.name ?? '');
    return {
      state: 'ran',
      report,
      shortened: shortfall === null ? null : { wanted, arithmetic: shortfall },
      memory: memoryPrediction(report),
    };
  } catch (error) {
    // What stops a soak before its first socket; all that was checked so far is still worth its report.
    if (error instanceof InputError) return { state: 'impossible', why: error.message };
    throw error;
  }
}

function sizeNotes({ quick, each }: VerifyRequest, connections: number, goal: number): readonly VerifyNote[] {
  if (quick || each.length > 0) return [];
  return [
    ...(connections < LEAST_CONNECTIONS
      ? [{ code: 'fewer-than-minimum', connections, minimum: LEAST_CONNECTIONS } as const]
      : []),
    ...(connections < goal ? [{ code: 'below-goal', connections, goal } as const] : []),
  ];
}
