/** Profiles for a person: the list, and one of them resolved for this host with where each setting comes from. */
import type { SettingFinding } from '../model/finding.ts';
import type { Profile } from '../model/profile.ts';
import { formatRelation } from '../model/relation.ts';
import { formatGrouped } from '../model/value.ts';
import type { Palette } from './palette.ts';
import { hang } from './table.ts';

export function renderProfileList(profiles: readonly Profile[], width: number, palette: Palette): string {
  return profiles
    .flatMap((profile) => [
      `${palette.bold(profile.name)}  ${formatGrouped(profile.goal)} connections, ${profile.settings.length} settings`,
      ...hang('  ', profile.title, width),
      ...hang('  ', profile.description.trim(), width).map(palette.dim),
      '',
    ])
    .join('\n');
}

/** `findings` are the profile's settings resolved against a host: only the wanted side is shown. */
export function renderProfile(
  profile: Profile,
  goal: bigint,
  findings: readonly SettingFinding[],
  width: number,
  palette: Palette,
): string {
  const columns = Math.min(Math.max(width, 60), 100);
  return [
    `${palette.bold(profile.name)}: ${profile.title}`,
    ...hang('', profile.description.trim(), columns),
    ...hang(
      '',
      `goal ${formatGrouped(goal)} connections; soaked under the workload ${profile.workload}; from ${profile.lineage.join(' extends ')}; ${profile.file}`,
      columns,
    ),
    '',
    ...findings.flatMap(({ setting, wanted, arithmetic, detail }) => [
      ...hang(
        '',
        `${setting.key}  ${wanted === null ? `not wanted here: ${detail ?? ''}` : formatRelation(wanted)}`,
        columns,
      ).map(palette.bold),
      ...hang(
        '  ',
        `${setting.level}${setting.when === null ? '' : `, when ${setting.when}`}; ${setting.origin.file}:${setting.origin.line}`,
        columns,
      ),
      ...arithmetic.flatMap((text) => hang('  ', text, columns)),
      ...hang('  ', setting.why, columns),
      ...hang('  ', `source: ${setting.source}`, columns).map(palette.dim),
    ]),
    '',
  ].join('\n');
}

export function profileListToDocument(profiles: readonly Profile[]): unknown {
  return {
    kind: 'tune-profiles',
    schemaVersion: 1,
    profiles: profiles.map(({ name, title, description, goal, lineage, file, settings }) => ({
      name,
      title,
      description: description.trim(),
      goal: goal.toString(),
      lineage,
      file,
      settings: settings.length,
    })),
  };
}

export function profileToDocument(
  profile: Profile,
  goal: bigint,
  findings: readonly SettingFinding[],
): unknown {
  return {
    kind: 'tune-profile',
    schemaVersion: 1,
    name: profile.name,
    title: profile.title,
    description: profile.description.trim(),
    goal: goal.toString(),
    lineage: profile.lineage,
    file: profile.file,
    settings: findings.map(({ setting, wanted, arithmetic, detail }) => ({
      key: setting.key,
      level: setting.level,
      when: setting.when,
      wanted: wanted === null ? null : formatRelation(wanted),
      notApplicable: wanted === null ? detail : null,
      arithmetic,
      why: setting.why,
      source: setting.source,
      origin: setting.origin,
    })),
  };
}
