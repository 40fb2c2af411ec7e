/** The audit for a person: a headline, the table, the findings with what to do, what is unchecked, what to run next. */

import type { Audit } from '../model/audit.ts';
import type { SettingFinding, Verdict } from '../model/finding.ts';
import { formatRelation } from '../model/relation.ts';
import { formatGrouped, formatValue } from '../model/value.ts';
import { headline, hostLine } from './headline.ts';
import type { Palette } from './palette.ts';
import { type Cell, hang, renderRow } from './table.ts';
import { recommendationText, wallHeadline } from './walls-wording.ts';
import { reasonOf, SEVERITIES, VERDICTS } from './wording.ts';

export interface HumanOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly palette: Palette;
  /** Everything: the settings that are met, whole reasons, notes. Otherwise what fits on a screen. */
  readonly all: boolean;
}

const WIDEST = 120;
const MARK = { fail: '✘', warn: '!', unknown: '?', good: '✔', none: '–' } as const;
type Mark = keyof typeof MARK;

export function renderAudit(audit: Audit, options: HumanOptions): string {
  const width = Math.min(Math.max(options.width, 60), WIDEST);
  const { palette } = options;
  const tint = audit.asWanted ? palette.good : palette.bad;
  return [
    ...hang('', headline(audit), width).map((line) => tint(palette.bold(line))),
    ...hang('', wallHeadline(audit.walls), width),
    ...recommendation(audit, width),
    ...hang('', hostLine(audit), width).map(palette.dim),
    '',
    ...table(audit.settings, width, options),
    ...reasons(audit.settings, width, options),
    ...findings(audit, width, options),
    ...unchecked(audit, width, options),
    ...next(audit, width, options),
    '',
  ].join('\n');
}

function recommendation({ recommendation: found }: Audit, width: number): readonly string[] {
  return found === null ? [] : hang('', recommendationText(found), width);
}

/** Worst first; within a group the profile's own order. */
function ranked(settings: readonly SettingFinding[]): readonly SettingFinding[] {
  const order: readonly Mark[] = ['fail', 'warn', 'unknown', 'good', 'none'];
  return [...settings].sort((a, b) => order.indexOf(markOf(a)) - order.indexOf(markOf(b)));
}

function markOf({ verdict, setting }: SettingFinding): Mark {
  if (verdict === 'met') return 'good';
  if (verdict === 'not-applicable' || verdict === 'ignored') return 'none';
  if (verdict === 'pending') return 'warn';
  if (verdict === 'absent' || verdict === 'denied' || verdict === 'unparsable') return 'unknown';
  return setting.level === 'required' ? 'fail' : 'warn';
}

function table(
  settings: readonly SettingFinding[],
  width: number,
  { palette, all }: HumanOptions,
): readonly string[] {
  const verdictWidth = 7;
  const room = width - 2 - verdictWidth - 4;
  const keyWidth = Math.min(35, Math.floor(room * 0.45));
  const liveWidth = Math.floor((room - keyWidth) * 0.5);
  const wantedWidth = room - keyWidth - liveWidth;
  const columns = [1, keyWidth, liveWidth, wantedWidth, verdictWidth].map((w) => ({ width: w }));
  const row = (cells: readonly Cell[]) => renderRow(columns, cells);
  const styles: Record<Mark, (text: string) => string> = {
    fail: palette.bad,
    warn: palette.warn,
    unknown: palette.warn,
    good: palette.good,
    none: palette.dim,
  };
  const quiet = (mark: Mark) => mark === 'good' || mark === 'none';
  const shown = ranked(settings).filter((finding) => all || !quiet(markOf(finding)));
  const head = ['', 'SETTING', 'LIVE', 'WANTED', 'VERDICT'].map((text) => ({ text, style: palette.dim }));
  return [
    ...(shown.length === 0 ? [] : row(head)),
    ...shown.flatMap((finding) => {
      const mark = markOf(finding);
      const style = quiet(mark) ? { style: palette.dim } : {};
      const wanted = finding.wanted === null ? '–' : fieldsApart(formatRelation(finding.wanted), wantedWidth);
      return row([
        { text: MARK[mark], style: styles[mark] },
        { text: finding.setting.key, ...style },
        { text: finding.live === null ? '–' : formatValue(finding.live) || '(none)', ...style },
        { text: wanted, ...style },
        { text: VERDICTS[finding.verdict], style: styles[mark] },
      ]);
    }),
    ...(all ? [] : summary(settings, width, palette)),
  ];
}

/** The settings that need nothing, by name only. */
function summary(settings: readonly SettingFinding[], width: number, palette: Palette): readonly string[] {
  const groups: readonly (readonly [Mark, Verdict, string])[] = [
    ['good', 'met', 'met'],
    ['none', 'not-applicable', 'not applicable here'],
    ['none', 'ignored', 'ignored'],
  ];
  return groups.flatMap(([mark, verdict, text]) => {
    const keys = settings.filter((s) => s.verdict === verdict).map((s) => s.setting.key);
    return keys.length === 0
      ? []
      : hang(`${MARK[mark]} `, `${keys.length} ${text}: ${keys.join(', ')}`, width).map(palette.dim);
  });
}

/** A tuple's relations on lines of their own where one line is too short for them. */
function fieldsApart(text: string, width: number): string {
  return text.length <= width ? text : text.replaceAll(' · ', ' ·\n');
}

/** Why each setting that is not as wanted matters, and what it should become. */
function reasons(
  settings: readonly SettingFinding[],
  width: number,
  { palette, all }: HumanOptions,
): readonly string[] {
  const wanting = ranked(settings).filter((s) => ['fail', 'warn', 'unknown'].includes(markOf(s)));
  if (wanting.length === 0) return [];
  return [
    '',
    palette.bold('Why it matters'),
    ...wanting.flatMap((finding) => {
      const { setting, remedy } = finding;
      const target = remedy === null ? '' : ` → ${formatValue(remedy)}`;
      const level = setting.level === 'recommended' ? ' (recommended)' : '';
      const reason = reasonOf(finding);
      return [
        ...hang('  ', `${setting.key}${target}${level}`, width),
        ...(reason === null ? [] : hang('    ', reason, width).map(palette.warn)),
        ...hang('    ', all ? setting.why : firstSentence(setting.why), width).map(palette.dim),
        ...(all ? finding.arithmetic.flatMap((sum) => hang('    ', sum, width).map(palette.dim)) : []),
      ];
    }),
  ];
}

function firstSentence(text: string): string {
  return /^.*?[.;:](?=\s|$)/s.exec(text)?.[0].replace(/[;:]$/, '.') ?? text;
}

function findings(audit: Audit, width: number, { palette, all }: HumanOptions): readonly string[] {
  const shown = audit.findings.filter((f) => all || f.severity !== 'info');
  const notes = audit.findings.length - shown.length;
  if (audit.findings.length === 0) return [];
  const tint = { error: palette.bad, warning: palette.warn, info: palette.dim };
  return [
    '',
    palette.bold('Findings'),
    ...shown.flatMap((finding) => [
      ...hang('  ', `${SEVERITIES[finding.severity]}: ${finding.what} [${finding.code}]`, width).map(
        tint[finding.severity],
      ),
      ...hang('    → ', finding.remedy, width),
    ]),
    ...(notes === 0 ? [] : [palette.dim(`  ${notes} note${notes === 1 ? '' : 's'} more with --all`)]),
  ];
}

function unchecked(audit: Audit, width: number, { all, palette }: HumanOptions): readonly string[] {
  const { unchecked: items } = audit;
  if (items.length === 0) return [];
  if (!all) {
    const codes = [...new Set(items.map((item) => item.code))];
    return ['', ...hang('', `Not checked (--all says why): ${codes.join(', ')}`, width).map(palette.warn)];
  }
  return [
    '',
    palette.bold('Not checked'),
    ...items.flatMap((item) => hang('  ', `${item.code}: ${item.why}`, width)),
  ];
}

function next(audit: Audit, width: number, { all }: HumanOptions): readonly string[] {
  const { name } = audit.profile;
  const sentences = audit.asWanted
    ? [`Every setting of ${name} is as wanted for ${formatGrouped(audit.goal)} connections.`]
    : [
        all ? '' : '"tune audit --all" shows everything, with the arithmetic;',
        `"tune explain KEY" says all about one setting; "tune profiles show ${name}" shows the profile.`,
      ];
  return [
    '',
    ...hang('', `${audit.asWanted ? '' : 'Next: '}${sentences.filter((t) => t !== '').join(' ')}`, width),
  ];
}
