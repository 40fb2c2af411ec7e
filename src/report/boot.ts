/** What the next boot sets, for a person and for a machine: winners, losers, complaints, and the limits of sessions. */
import type { Complaint } from '../boot/complaint.ts';
import type { KeyOutcome, Outcome } from '../boot/next-boot.ts';
import type { BootModel } from '../boot/predict.ts';
import type { SessionRow } from '../boot/sessions.ts';
import type { Loss, LossReason } from '../boot/sysctl-result.ts';
import type { ConfigLine } from '../model/snapshot.ts';
import { formatValue } from '../model/value.ts';
import { complaintFinding } from './complaints.ts';
import type { Palette } from './palette.ts';
import { hang, renderRow } from './table.ts';
import { SEVERITIES } from './wording.ts';

const REASONS: Readonly<Record<LossReason, string>> = {
  overwritten: 'a later line replaces it',
  repeated: 'an earlier line says the same',
  'explicit-setting-wins': 'the key is also set by name, which beats a pattern',
  excluded: 'the key is excluded from patterns',
  'erased-by-exclusion': 'an exclusion below erases it',
  'file-masked': 'a file of the same name in a higher folder hides this one',
  'file-not-read': 'systemd-sysctl does not read this file',
  refused: 'the kernel refuses the value',
};

export interface BootOptions {
  readonly width: number;
  readonly palette: Palette;
  /** With the complaints that are only notes. */
  readonly all: boolean;
}

export function renderBoot(model: BootModel, complaints: readonly Complaint[], options: BootOptions): string {
  const { palette } = options;
  const width = Math.min(Math.max(options.width, 60), 110);
  if (model.next === null)
    return `${hang('', `Not modelled: ${model.unmodelled ?? 'nothing to read'}.`, width).join('\n')}\n`;
  const keys = [...model.next.keys.values()];
  const writers = model.next.writers.map((w) => `${w.name} (${w.evidence})`);
  const shown = complaints.filter((c) => options.all || c.severity !== 'info');
  return [
    palette.bold(`After the next boot, ${keys.length} keys that files or programs name:`),
    ...keys.flatMap((key) => renderKey(key, width, palette)),
    ...(writers.length === 0
      ? []
      : ['', ...hang('', `May change keys after the boot: ${writers.join(', ')}`, width)]),
    ...(shown.length === 0 ? [] : ['', palette.bold('What the loaders complain about, and should')]),
    ...shown.flatMap((complaint) => {
      const { severity, what, remedy } = complaintFinding(complaint);
      return [...hang('  ', `${SEVERITIES[severity]}: ${what}`, width), ...hang('    → ', remedy, width)];
    }),
    '',
  ].join('\n');
}

/** The lines about one key, for `tune boot` and `tune explain`. */
export function renderKey(key: KeyOutcome, width: number, palette: Palette): readonly string[] {
  const later = [...new Set(key.later.map(({ writer }) => writer.name))];
  return [
    ...hang('', `${key.key} = ${outcomeText(key.boot)}`, width).map((line, i) =>
      i === 0 ? palette.bold(line) : line,
    ),
    ...(key.differs
      ? hang('    ', `sysctl --system: ${outcomeText(key.manual)}`, width).map(palette.warn)
      : []),
    ...(key.lateModule === null
      ? []
      : hang('    ', `${key.lateModule} is loaded after the files are applied`, width).map(palette.warn)),
    ...key.boot.losses.flatMap((loss) => hang('    ', lossText(loss), width).map(palette.dim)),
    ...(later.length === 0
      ? []
      : hang('    ', `${later.join(', ')} may change it after the boot`, width).map(palette.warn)),
  ];
}

function outcomeText({ by, value, text, at }: Outcome): string {
  const shown = value === null ? (text ?? 'not known') : formatValue(value) || '(empty)';
  if (by === 'unset')
    return value === null ? 'what the kernel or another program sets' : `${shown} (the kernel’s default)`;
  return `${shown} (${at === null ? by : place(at)})`;
}

function lossText({ at, value, reason, by }: Loss): string {
  const winner = by === null ? '' : ` (${by.line === null ? by.file : `${by.file}:${by.line}`})`;
  return `loses: ${place(at)} \`${value.slice(0, 60)}\`: ${REASONS[reason]}${winner}`;
}

function place({ file, line }: ConfigLine): string {
  return `${file}:${line}`;
}

export function renderSessions(model: BootModel, options: BootOptions): string {
  const { palette } = options;
  const width = Math.min(Math.max(options.width, 60), 110);
  if (model.sessions.length === 0) return 'Not modelled: process 1 is not systemd.\n';
  const columns = [16, 11, 11, width - 16 - 11 - 11 - 3].map((w) => ({ width: w }));
  const row = (cells: readonly string[], style?: (t: string) => string) =>
    renderRow(
      columns,
      cells.map((text) => (style === undefined ? { text } : { text, style })),
    );
  return [
    palette.bold('Open files (nofile) after the next boot'),
    ...row(['SESSION', 'SOFT', 'HARD', 'DECIDED BY'], palette.dim),
    ...model.sessions.flatMap((session) =>
      session.refused === null
        ? row([session.session, `${session.soft}`, `${session.hard}`, deciding(session)])
        : row([session.session, 'refused', 'refused', refusal(session)], palette.bad),
    ),
    '',
  ].join('\n');
}

/** pam_limits gives an errno; for the one that people cause themselves there are words. */
function refusal(session: SessionRow): string {
  const why = session.refused === 'EMFILE' ? 'too few files to open a session (EMFILE)' : session.refused;
  return `${why}: ${deciding(session)}`;
}

function deciding({ softAt, hardAt, otherwise, pamService, pamLimits }: SessionRow): string {
  const name = (at: ConfigLine | null) => (at === null ? otherwise : place(at));
  const lines =
    softAt === hardAt || name(softAt) === name(hardAt) ? name(hardAt) : `${name(softAt)} and ${name(hardAt)}`;
  const pam = pamService === null || pamLimits ? '' : `; ${pamService} does not use pam_limits`;
  return lines + pam;
}

export function bootToDocument(model: BootModel, complaints: readonly Complaint[]): unknown {
  return {
    kind: 'tune-boot',
    schemaVersion: 1,
    unmodelled: model.unmodelled,
    keys: [...(model.next?.keys.values() ?? [])].map((key) => ({
      key: key.key,
      path: key.path,
      boot: outcomeDocument(key.boot),
      manual: outcomeDocument(key.manual),
      differs: key.differs,
      lateModule: key.lateModule,
      later: [...new Set(key.later.map(({ writer }) => writer.name))],
    })),
    writers: (model.next?.writers ?? []).map(({ name, evidence }) => ({ name, evidence })),
    sessions: model.sessions.map((session) => ({
      session: session.session,
      soft: `${session.soft}`,
      hard: `${session.hard}`,
      softAt: session.softAt === null ? null : place(session.softAt),
      hardAt: session.hardAt === null ? null : place(session.hardAt),
      otherwise: session.otherwise,
      pamService: session.pamService,
      pamLimits: session.pamLimits,
      refused: session.refused,
    })),
    complaints,
  };
}

function outcomeDocument({ by, value, text, at, losses }: Outcome): unknown {
  return {
    by,
    value: value === null ? null : formatValue(value),
    text,
    at: at === null ? null : place(at),
    losing: losses.map((loss) => ({ at: place(loss.at), text: loss.value, reason: loss.reason })),
  };
}
