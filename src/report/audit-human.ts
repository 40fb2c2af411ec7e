/** The audit for a person: a headline, the table, the findings with what to do, what is unchecked, what to run next. */

import type { Audit } from '../model/audit.ts';
import type { SettingFinding } from '../model/finding.ts';
import { formatRelation } from '../model/relation.ts';
import { formatGrouped, formatValue } from '../model/value.ts';
import { headline, hostLine } from './headline.ts';
import type { Palette } from './palette.ts';
import { type Cell, hang, renderRow } from './table.ts';
import { reasonOf, SEVERITIES, VERDICTS } from './wording.ts';

export interface HumanOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly palette: Palette;
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
    ...hang('', hostLine(audit), width).map(palette.dim),
    '',
    ...table(audit.settings, width, palette),
    ...reasons(audit.settings, width, palette),
    ...findings(audit, width, palette),
    ...unchecked(audit, width),
    ...next(audit, width),
    '',
  ].join('\n');
}

/** Worst first; within a group the profile's own order. */
function ranked(settings: readonly SettingFinding[]): readonly SettingFinding[] {
  const order: readonly Mark[] = ['fail', 'warn', 'unknown', 'good', 'none'];
  return [...settings].sort((a, b) => order.indexOf(markOf(a)) - order.indexOf(markOf(b)));
}

function markOf({ verdict, setting }: SettingFinding): Mark {
  if (verdict === 'met') return 'good';
  if (verdict === 'not-applicable' || verdict === 'ignored') return 'none';
  if (verdict !== 'unmet') return 'unknown';
  return setting.level === 'required' ? 'fail' : 'warn';
}

function table(settings: readonly SettingFinding[], width: number, palette: Palette): readonly string[] {
  const verdictWidth = 7;
  const room = width - 2 - verdictWidth - 4;
  const keyWidth = Math.min(35, Math.floor(room * 0.45));
  const liveWidth = Math.floor((room - keyWidth) * 0.5);
  const wantedWidth = room - keyWidth - liveWidth;
  const columns = [1, keyWidth, liveWidth, wantedWidth, verdictWidth].map((w) => ({
    width: w,
  }));
  const row = (cells: readonly Cell[]) => renderRow(columns, cells);
  const styles: Record<Mark, (text: string) => string> = {
    fail: palette.bad,
    warn: palette.warn,
    unknown: palette.warn,
    good: palette.good,
    none: palette.dim,
  };
  const head = row(
    ['', 'SETTING', 'LIVE', 'WANTED', 'VERDICT'].map((text) => ({ text, style: palette.dim })),
  );
  return head.concat(
    ranked(settings).flatMap((finding) => {
      const mark = markOf(finding);
      const quiet = mark === 'good' || mark === 'none' ? { style: palette.dim } : {};
      return row([
        { text: MARK[mark], style: styles[mark] },
        { text: finding.setting.key, ...quiet },
        { text: finding.live === null ? '–' : formatValue(finding.live) || '(none)', ...quiet },
        {
          text: finding.wanted === null ? '–' : fieldsApart(formatRelation(finding.wanted), wantedWidth),
          ...quiet,
        },
        { text: VERDICTS[finding.verdict], style: styles[mark] },
      ]);
    }),
  );
}

/** A tuple's relations on lines of their own where one line is too short for them. */
function fieldsApart(text: string, width: number): string {
  return text.length <= width ? text : text.replaceAll(' · ', ' ·\n');
}

/** Why each setting that is not as wanted matters, and what it should become. */
function reasons(settings: readonly SettingFinding[], width: number, palette: Palette): readonly string[] {
  const wanting = ranked(settings).filter((s) => ['fail', 'warn', 'unknown'].includes(markOf(s)));
  if (wanting.length === 0) return [];
  return [
    '',
    palette.bold('Why it matters'),
    ...wanting.flatMap((finding) => {
      const { setting, remedy } = finding;
      const target = remedy === null ? '' : ` → ${formatValue(remedy)}`;
      const reason = reasonOf(finding);
      const sum =
        finding.arithmetic.length === 0
          ? []
          : hang('    ', finding.arithmetic.join('; '), width).map(palette.dim);
      return [
        ...hang(
          '  ',
          `${setting.key}${target}${setting.level === 'recommended' ? ' (recommended)' : ''}`,
          width,
        ),
        ...(reason === null ? [] : hang('    ', reason, width).map(palette.warn)),
        ...hang('    ', setting.why, width),
        ...sum,
      ];
    }),
  ];
}

function findings(audit: Audit, width: number, palette: Palette): readonly string[] {
  if (audit.findings.length === 0) return [];
  const tint = { error: palette.bad, warning: palette.warn, info: palette.dim };
  return [
    '',
    palette.bold('Findings'),
    ...audit.findings.flatMap((finding) => [
      ...hang('  ', `${SEVERITIES[finding.severity]}: ${finding.what} [${finding.code}]`, width).map(
        tint[finding.severity],
      ),
      ...hang('    → ', finding.remedy, width),
    ]),
  ];
}

function unchecked(audit: Audit, width: number): readonly string[] {
  if (audit.unchecked.length === 0) return [];
  return [
    '',
    'Not checked',
    ...audit.unchecked.flatMap((item) => hang('  ', `${item.code}: ${item.why}`, width)),
  ];
}

function next(audit: Audit, width: number): readonly string[] {
  const { name } = audit.profile;
  const command = audit.asWanted
    ? `Every setting of ${name} is as wanted for ${formatGrouped(audit.goal)} connections.`
    : `Next: "tune explain KEY" says all about one setting; "tune profiles show ${name}" shows the whole profile.`;
  return ['', ...hang('', command, width)];
}
