/** The story of a change: the same facts and findings as an audit's, made into a plan. Loaded only when one is asked for. */
import { predictBoot } from './boot/predict.ts';
import { UNIT_DIRECTORIES } from './boot/unit-files.ts';
import { diff } from './diff/index.ts';
import { gather } from './gather/index.ts';
import { below } from './host/below.ts';
import type { HostReader } from './host/reader.ts';
import type { Profile } from './model/profile.ts';
import { CATALOGUE } from './pipeline.ts';
import {
  bootViewOf,
  directoryOf,
  makePlan,
  type PlanInput,
  type PlanOptions,
  type PlanResult,
  unitName,
} from './plan/index.ts';
import { existingFiles } from './write/managed.ts';

export interface PlanRequest {
  readonly host: HostReader;
  readonly profile: Profile;
  readonly goal: bigint | null;
  /** An image or a mounted disk instead of the running host; '' for the host. */
  readonly root: string;
  readonly options: PlanOptions;
}

/** What a plan is made from and checked against. */
export function planInput(request: PlanRequest): PlanInput {
  const { host, profile, root, options } = request;
  const snapshot = gather(
    host,
    { by: 'parent' },
    { root, units: options.service === null ? [] : [unitName(options.service)] },
  );
  const boot = predictBoot(snapshot, CATALOGUE);
  const goal = request.goal ?? profile.goal;
  const settings = diff(snapshot, profile, {
    goal,
    tunables: CATALOGUE,
    predict: boot.predict,
    ignored: new Set(),
  });
  const disk = below(host, root);
  return {
    snapshot,
    profile,
    goal,
    settings,
    tunables: CATALOGUE,
    boot: bootViewOf(boot.predict, knownUnits(disk)),
    existing: existingFiles(
      disk,
      FAMILIES.map((family) => directoryOf(family, options.service)),
    ),
    options,
  };
}

export function plan(request: PlanRequest): PlanResult {
  return makePlan(planInput(request));
}

export const makePlanFrom: (input: PlanInput) => PlanResult = makePlan;

const FAMILIES = ['sysctl', 'limits', 'system', 'user', 'service', 'modules-load', 'modprobe'] as const;

/** Services that systemd could start here, by their files; null where there is no systemd to ask. */
function knownUnits(disk: HostReader): readonly string[] | null {
  const lists = UNIT_DIRECTORIES.map((folder) => disk.list(folder));
  if (lists.every((names) => !names.ok)) return null;
  return lists.flatMap((names) => (names.ok ? names.value : [])).filter((name) => name.endsWith('.service'));
}
