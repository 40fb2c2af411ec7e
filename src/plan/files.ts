/** Which files of ours must hold what, and the change from what they hold now. */
import type { Beaten, FileChange, Refusal } from '../model/plan.ts';
import { unifiedDiff } from './diff.ts';
import { type Fragment, isOurs } from './fragments/fragment.ts';
import { limitsFragment } from './fragments/limits.ts';
import { type ModuleNeed, modprobeFragment, modulesLoadFragment } from './fragments/modules.ts';
import { sysctlFragment } from './fragments/sysctl.ts';
import { managerFragment, serviceFragment } from './fragments/systemd.ts';
import type { PlanInput } from './input.ts';
import { directoryOf, type Family, splitPath, unitName } from './names.ts';
import type { LineNeed } from './needs.ts';
import { orderedLines } from './order.ts';
import { chooseName } from './precedence.ts';

const FILE_MODE = 0o644;
/** What must be there first comes first. */
const FAMILIES: readonly Family[] = [
  'modules-load',
  'modprobe',
  'sysctl',
  'limits',
  'system',
  'user',
  'service',
];

export interface FilePlan {
  readonly files: readonly FileChange[];
  readonly beaten: readonly Beaten[];
  readonly refusals: readonly Refusal[];
}

export function planFiles(lines: readonly LineNeed[], input: PlanInput): FilePlan {
  const parts = FAMILIES.map((family) => planFamily(family, lines, input));
  return {
    files: parts.flatMap((p) => p.files),
    beaten: parts.flatMap((p) => p.beaten),
    refusals: parts.flatMap((p) => p.refusals),
  };
}

/** Which keys a family's file holds; the module files follow from the lines of the others. */
const HOLDS: Readonly<Record<Family, (key: string) => boolean>> = {
  'modules-load': () => false,
  modprobe: () => false,
  sysctl: (key) => /^(fs|net|vm|kernel)\./.test(key),
  limits: (key) => key.startsWith('limit.'),
  system: (key) => key === 'systemd.DefaultLimitNOFILE',
  user: (key) => key === 'systemd.DefaultLimitNOFILE',
  service: (key) => key === 'systemd.LimitNOFILE',
};

function planFamily(family: Family, lines: readonly LineNeed[], input: PlanInput): FilePlan {
  const { service } = input.options;
  if (family === 'service' && service === null) return { files: [], beaten: [], refusals: [] };
  const directory = directoryOf(family, service);
  const own = orderedLines(lines.filter(({ key }) => HOLDS[family](key)));
  const current = [...input.existing.keys()].filter((path) => splitPath(path).directory === directory).sort();
  const ours = current.filter((path) => isOurs(input.existing.get(path) ?? ''));
  const fragment = render(family, own, lines, input);
  if (fragment === null) return { files: ours.map((path) => removal(path, input)), beaten: [], refusals: [] };

  const choice = chooseName(own, directory, ours, input);
  const path = `${directory}/${choice.name}`;
  const before = input.existing.get(path) ?? null;
  const refusals = [...choice.refusals];
  if (before !== null && !isOurs(before)) refusals.push(notOurs(path));
  const obsolete = ours.filter((other) => other !== path).map((other) => removal(other, input));
  const change: readonly FileChange[] =
    before === fragment.text
      ? []
      : [
          {
            path,
            before,
            after: fragment.text,
            mode: FILE_MODE,
            lines: fragment.lines,
            diff: unifiedDiff(path, before, fragment.text),
          },
        ];
  return { files: [...change, ...obsolete], beaten: choice.beaten, refusals };
}

function render(
  family: Family,
  own: readonly LineNeed[],
  all: readonly LineNeed[],
  { profile, goal, options }: PlanInput,
): Fragment | null {
  const author = { profile: profile.name, goal };
  const first = own[0];
  switch (family) {
    case 'modules-load': {
      const modules = modulesOf(all);
      return modules.length === 0 ? null : modulesLoadFragment(author, modules);
    }
    case 'modprobe': {
      const buckets = all.find(({ key }) => key === 'net.netfilter.nf_conntrack_buckets');
      return buckets === undefined ? null : modprobeFragment(author, buckets.value);
    }
    case 'sysctl':
      return first === undefined ? null : sysctlFragment(author, own);
    case 'limits':
      return first === undefined ? null : limitsFragment(author, own);
    case 'system':
    case 'user':
      return first === undefined ? null : managerFragment(author, first.value, first.reason);
    case 'service':
      return first === undefined
        ? null
        : serviceFragment(author, unitName(options.service ?? ''), first.value, first.reason);
  }
}

function modulesOf(lines: readonly LineNeed[]): readonly ModuleNeed[] {
  const byModule = new Map<string, string[]>();
  for (const { key, tunable } of lines) {
    if (tunable.module === undefined) continue;
    byModule.set(tunable.module, [...(byModule.get(tunable.module) ?? []), key]);
  }
  return [...byModule].map(([module, keys]) => ({ module, keys }));
}

function removal(path: string, { existing }: PlanInput): FileChange {
  const before = existing.get(path) ?? null;
  return { path, before, after: null, mode: FILE_MODE, lines: [], diff: unifiedDiff(path, before, null) };
}

function notOurs(path: string): Refusal {
  return {
    code: 'not-ours',
    subject: path,
    what: `${path} exists and was not written by tune.`,
    arithmetic: [],
    remedy: 'Move it to another name; tune never edits files of others.',
  };
}
