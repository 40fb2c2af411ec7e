/** The page of a profile's evidence, docs/evidence/PROFILE.md: the verdicts first, then what was run. */
import type {
  EvidenceExperiment,
  EvidenceFigure,
  EvidenceReport,
  EvidenceVerdict,
  SettingEvidence,
} from '../model/evidence.ts';
import { grouped } from './soak-wording.ts';

export const EVIDENCE_VERDICTS: Readonly<Record<EvidenceVerdict, string>> = {
  needed: 'needed',
  helps: 'helps',
  'no-effect': 'no effect measured',
  harmful: 'harmful',
  'not-measured': 'not measured',
};

export function renderEvidencePage(report: EvidenceReport): string {
  const { profile, goal, measuredOn, version, settings } = report;
  const shown = settings.filter(({ experiments }) => experiments.length > 0);
  return [
    `# Evidence for ${profile}`,
    '',
    `What a soak says of each setting of \`${profile}\` (${grouped(goal)} connections): run with it, and run without it, in turn.`,
    `Last measured on ${measuredOn} with tune ${version}. Not edited by hand: \`npm run evidence -- --profile ${profile}\` measures it`,
    `again, and [${profile}.json](${profile}.json) has every run’s figures.`,
    '',
    '- **needed**: without it connections are lost, or something is refused.',
    '- **helps**: a figure is worse without it, by more than the runs differ among themselves.',
    '- **harmful**: a figure is better without it.',
    '- **no effect measured**: no figure moved that so many runs could tell.',
    '- A setting that the kernel has as wanted by itself is held against a value that guides recommend.',
    '',
    '| setting | measured with | verdict | in one line |',
    '|---|---|---|---|',
    ...settings.map(headline),
    '',
    ...shown.flatMap((setting) => section(setting, profile)),
  ].join('\n');
}

function headline({ key, verdict, reason, experiments }: SettingEvidence): string {
  const value = experiments[0]?.withValue ?? '';
  const cells = [`\`${key}\``, value, `**${EVIDENCE_VERDICTS[verdict]}**`, reason];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function section({ key, verdict, experiments }: SettingEvidence, profile: string): readonly string[] {
  return [
    `## \`${key}\`: ${EVIDENCE_VERDICTS[verdict]}`,
    '',
    ...experiments.flatMap((experiment) => experimentLines(experiment, profile)),
  ];
}

function experimentLines(experiment: EvidenceExperiment, profile: string): readonly string[] {
  const { withValue, withoutValue, figures, observed, commands, ends, comparison } = experiment;
  const other = comparison === 'left-out' ? `left out: ${withoutValue}` : `instead: ${withoutValue}`;
  const rows =
    observed === null
      ? [
          row('how the soaks ended', endsText(ends.with), endsText(ends.without), ''),
          ...figures.map((figure) =>
            row(
              figure.figure,
              valuesText(figure.with, figure),
              valuesText(figure.without, figure),
              change(figure),
            ),
          ),
        ]
      : [row('what happened', observed.with, observed.without, '')];
  return [
    `${conditions(experiment, profile)} **${EVIDENCE_VERDICTS[experiment.verdict]}**: ${experiment.reason}.`,
    '',
    row('', `with: ${withValue}`, other, ''),
    '|---|---|---|---|',
    ...rows,
    '',
    ...commands.map((command) => `    ${command}`),
    '',
  ];
}

function conditions(experiment: EvidenceExperiment, profile: string): string {
  const { about, workload, connections, place, kernelRelease, also, ends, observed } = experiment;
  const both = Object.entries(also).map(([key, value]) => `\`${key}\` = ${value}`);
  const parts = [
    observed === null ? `${about} (${workload}, ${grouped(connections)} connections)` : about,
    `${place === 'vm' ? 'in a virtual machine' : 'in a network namespace'} on kernel ${kernelRelease}`,
    ...(ends.with.length === 0 ? [] : [`${ends.with.length} runs against ${ends.without.length}`]),
    ...(both.length === 0 ? [] : [`on both sides ${both.join(', ')}`]),
    ...(experiment.profile === profile
      ? []
      : [
          `measured under ${experiment.profile}, ${place === 'vm' ? 'with the values of its goal' : 'which has the same values'}`,
        ]),
  ];
  const text = `${parts.join('; ')}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `passed` once for all, or each end with how often. */
function endsText(ends: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
  if (counts.size === 1) return ends[0] ?? '';
  return [...counts].map(([end, count]) => `${count} × ${end}`).join(', ');
}

/** The median, and the runs at either end of it. */
function valuesText(values: readonly number[], { unit }: EvidenceFigure): string {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const middle = Math.floor(sorted.length / 2);
  const median =
    sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  const suffix = unit === '' || unit === '/s' ? unit : ` ${unit}`;
  const range = least === most ? '' : ` (${number(least)} to ${number(most)})`;
  return `${number(median)}${suffix}${range}`;
}

function number(value: number): string {
  return Math.abs(value) >= 100 ? grouped(value) : String(Math.round(value * 10) / 10);
}

function change({ percent, better }: EvidenceFigure): string {
  if (percent === null || percent === 0) return '';
  const note = better === 'neither' ? ', neither good nor bad' : '';
  return `${percent > 0 ? '+' : ''}${number(percent)}%${note}`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
}
