/** One verdict of everything. Failed beats inconclusive beats passed; every reason is named. Pure. */
import type { SoakOutcome, VerifyReason, VerifyReport, VerifyVerdict } from '../model/verify.ts';

type Judged = Pick<
  VerifyReport,
  'applied' | 'reboot' | 'files' | 'settings' | 'sessions' | 'soak' | 'profiles'
> & { readonly isRoot: boolean };

const FAILING: readonly VerifyReason[] = ['file-changed', 'setting-lost', 'session-lost', 'soak-failed'];

export function verdictOf(report: Judged): VerifyVerdict {
  const reasons = new Set<VerifyReason>();
  const add = (reason: VerifyReason, holds: boolean) => {
    if (holds) reasons.add(reason);
  };
  const { files, settings, sessions, applied } = report;
  add(
    'file-changed',
    files.some(({ state }) => state === 'changed' || state === 'gone'),
  );
  add(
    'setting-lost',
    settings.some(({ state }) => state === 'lost' || state === 'will-be-lost'),
  );
  add(
    'setting-unreadable',
    settings.some(({ state }) => state === 'unreadable') || files.some((f) => f.state === 'unreadable'),
  );
  add(
    'session-lost',
    sessions.some(({ state }) => state === 'lost' || state === 'refused'),
  );
  add(
    'session-unchecked',
    sessions.some(({ state }) => state === 'unchecked'),
  );
  for (const soak of [report.soak, ...report.profiles.map((p) => p.soak)]) {
    const reason = soakReason(soak);
    if (reason !== null) reasons.add(reason);
  }
  if (applied !== null) {
    add('not-rebooted', report.reboot === 'not-rebooted');
    add('reboot-unknown', report.reboot === 'unknown');
    add('not-confirmed', applied.unconfirmedUntil !== null);
  }
  add('not-root', !report.isRoot);
  const all = [...reasons];
  if (all.some((reason) => FAILING.includes(reason))) return { state: 'failed', reasons: all };
  return { state: all.length === 0 ? 'passed' : 'inconclusive', reasons: all };
}

function soakReason(soak: SoakOutcome): VerifyReason | null {
  if (soak.state === 'skipped') return null;
  if (soak.state === 'impossible') return 'soak-impossible';
  const { state } = soak.report.verdict;
  if (state !== 'passed') return state === 'failed' ? 'soak-failed' : 'soak-inconclusive';
  return soak.shortened === null ? null : 'goal-does-not-fit';
}
