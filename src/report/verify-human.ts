/** The report of `tune verify` for a person: the verdict, what is not well, then what was looked at and held. */
import type {
  ProfileSoak,
  SessionCheck,
  SettingCheck,
  SoakOutcome,
  VerifyReport,
  VerifyVerdict,
} from '../model/verify.ts';
import type { Palette } from './palette.ts';
import { renderSoak } from './soak-human.ts';
import { grouped } from './soak-wording.ts';
import { hang, renderRow } from './table.ts';
import { culpritText, FILE_STATES, noteText, REASONS, SESSIONS, SETTING_STATES } from './verify-wording.ts';

const LEAD = 13;

export function renderVerify(report: VerifyReport, width: number, palette: Palette): string {
  const columns = Math.min(Math.max(width, 60), 110);
  const item = (label: string, text: string) => hang(`${label.padEnd(LEAD - 1)} `, text, columns);
  const list = (label: string, texts: readonly string[]) =>
    texts.flatMap((text, i) => item(i === 0 ? label : '', `• ${text}`));
  const { state, reasons } = report.verdict;
  const tint = { passed: palette.good, failed: palette.bad, inconclusive: palette.warn }[state];
  return [
    ...hang('', headline(report), columns).map((line) => tint(palette.bold(line))),
    ...list(
      'because',
      reasons.map((reason) => REASONS[reason]),
    ),
    ...list('mind', report.notes.map(noteText)),
    '',
    ...item('host', `${report.host.distribution}, Linux ${report.host.kernelRelease}`),
    ...item('applied', appliedText(report)),
    ...item('reboot', rebootText(report)),
    ...item('files', filesText(report)),
    ...list(
      '',
      report.files
        .filter((file) => file.state !== 'as-written')
        .map((file) => `${file.path}: ${FILE_STATES[file.state]}`),
    ),
    ...item('settings', settingsText(report.settings)),
    ...list('', report.settings.filter(isTrouble).map(settingText)),
    ...list('open files', report.sessions.map(sessionText)),
    ...soakLines(report.soak, columns, palette, item),
    ...(report.profiles.length === 0 ? [] : ['', ...profileTable(report.profiles)]),
    '',
  ].join('\n');
}

function headline({ verdict, soak, profile }: VerifyReport): string {
  const held =
    soak.state === 'ran' && soak.report.held > 0
      ? ` ${grouped(soak.report.held)} connections were held${soak.report.options.mode === 'strict' ? ' by one process' : ''}.`
      : soak.state === 'skipped'
        ? ' No connection was opened.'
        : '';
  const words: Readonly<Record<VerifyVerdict['state'], string>> = {
    passed: `Verified: ${profile.name} is in force.`,
    failed: `Not verified: ${profile.name} is not in force.`,
    inconclusive: `Not proven: ${profile.name}.`,
  };
  return `${words[verdict.state]}${held}`;
}

function appliedText({ applied }: VerifyReport): string {
  if (applied === null) return 'nothing that is known';
  const { ids, at, profile, goal } = applied;
  return `${profile} for ${grouped(Number(goal))} connections, apply ${ids.join(', ')}, ${at}`;
}

function rebootText({ reboot, applied, host }: VerifyReport): string {
  if (applied === null) return `boot ${host.bootId ?? 'unknown'}`;
  return {
    rebooted: 'the machine was rebooted since the apply',
    'not-rebooted': 'the machine still runs the boot in which it was applied',
    unknown: 'not known',
  }[reboot];
}

function filesText({ files }: VerifyReport): string {
  if (files.length === 0) return 'none written';
  const well = files.filter(({ state }) => state === 'as-written').length;
  return `${well} of ${files.length} as written`;
}

function settingsText(settings: readonly SettingCheck[]): string {
  const applicable = settings.filter(({ state }) => state !== 'not-applicable' && state !== 'not-applied');
  const held = applicable.filter(({ state }) => state === 'held');
  const count = (state: SettingCheck['state']) => settings.filter((one) => one.state === state).length;
  const rest = [
    [count('not-applicable'), 'not applicable here'],
    [count('not-applied'), 'recommended and not applied'],
  ].flatMap(([n, words]) => (n === 0 ? [] : [`; ${n} ${words}`]));
  return `${held.length} of ${applicable.length} live and kept by the next boot${rest.join('')}`;
}

function isTrouble({ state }: SettingCheck): boolean {
  return state !== 'held' && state !== 'not-applicable';
}

function settingText({ key, live, applied, wanted, state, culprit, detail }: SettingCheck): string {
  const asked = wanted ?? (applied === null ? 'something else' : `exactly ${applied}`);
  const why = culprit === null ? detail : culpritText(culprit);
  return `${key} is ${live ?? 'not there'}, wanted ${asked}: ${SETTING_STATES[state]}${why === null ? '' : `; ${why}`}`;
}

function sessionText(session: SessionCheck): string {
  const { kind, who, soft, hard, wantedSoft, wantedHard, state, detail } = session;
  const name = SESSIONS[kind](who);
  const aside = detail === null ? '' : ` (${detail})`;
  if (state === 'refused') return `${name}: refused: nobody can log in like that${aside}`;
  if (state === 'unchecked') return `${name}: not looked at${aside}`;
  const wanted = [
    wantedSoft === null ? null : `soft ${wantedSoft}`,
    wantedHard === null ? null : `hard ${wantedHard}`,
  ].filter((text) => text !== null);
  const ask = wanted.length === 0 ? '' : `, wanted ${wanted.join(' and ')}`;
  return `${name}: soft ${soft ?? '?'}, hard ${hard ?? '?'}${ask}: ${state}${aside}`;
}

function soakLines(
  soak: SoakOutcome,
  columns: number,
  palette: Palette,
  item: (label: string, text: string) => readonly string[],
): readonly string[] {
  if (soak.state === 'skipped') return item('soak', 'not run');
  if (soak.state === 'impossible') return item('soak', `could not begin: ${soak.why}`);
  const { report, shortened, memory } = soak;
  return [
    ...(shortened === null
      ? []
      : item(
          'memory',
          `${grouped(shortened.wanted)} connections do not fit: ${shortened.arithmetic}. ${grouped(report.options.goal)} were tried instead.`,
        )),
    ...(memory === null
      ? []
      : item(
          'prediction',
          `${grouped(memory.predicted)} B of kernel memory for each connection, measured ${grouped(memory.measured)} B (${memory.errorPercent > 0 ? '+' : ''}${memory.errorPercent}%)`,
        )),
    '',
    ...renderSoak(report, columns, palette).trimEnd().split('\n'),
  ];
}

const TABLE = [{ width: 16 }, { width: 11 }, { width: 11 }, { width: 13 }, { width: 24 }] as const;

/** One line for each profile: how many were wanted, how many held, what a connection costs, and what stopped it. */
function profileTable(rows: readonly ProfileSoak[]): readonly string[] {
  const line = (...texts: readonly string[]) =>
    renderRow(
      TABLE,
      texts.map((text) => ({ text })),
    );
  return [
    ...line('profile', 'wanted', 'held', 'B/connection', 'verdict'),
    ...rows.flatMap(({ profile, connections, soak }) => {
      if (soak.state !== 'ran')
        return line(profile, grouped(connections), '-', '-', soak.state === 'skipped' ? 'not run' : soak.why);
      const { held, memory, verdict } = soak.report;
      const blame = verdict.state === 'passed' ? null : verdict.blame;
      const short = soak.shortened === null ? '' : ', with the memory there is';
      return line(
        profile,
        grouped(connections),
        grouped(held),
        memory.kernelPerConnection === null ? '?' : grouped(memory.kernelPerConnection),
        `${verdict.state}${blame === null ? '' : `: ${blame.key}`}${short}`,
      );
    }),
  ];
}
