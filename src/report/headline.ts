/** The one sentence that answers the question, and the line that says what was looked at. */

import type { Audit } from '../model/audit.ts';
import type { Verdict } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatGrouped } from '../model/value.ts';

const SHORT: readonly Verdict[] = ['unmet', 'shadowed'];

/** Ready or not for how many connections, and by how much it misses. */
export function headline(audit: Audit): string {
  const goal = `${formatGrouped(audit.goal)} connections`;
  const judged = audit.settings.filter((s) => s.verdict !== 'not-applicable' && s.verdict !== 'ignored');
  const required = judged.filter((s) => s.setting.level === 'required');
  const short = required.filter((s) => SHORT.includes(s.verdict));
  const lost = required.filter((s) => s.verdict === 'lost-at-reboot');
  const pending = required.filter((s) => s.verdict === 'pending');
  const unread = required.filter((s) => ['absent', 'denied', 'unparsable'].includes(s.verdict));
  const errors = audit.findings.filter((f) => f.severity === 'error');
  const softer = judged.filter((s) => s.setting.level === 'recommended' && s.verdict !== 'met');
  const warnings = audit.findings.filter((f) => f.severity === 'warning');
  if (short.length > 0 || errors.length > 0) {
    const reasons = [
      short.length > 0
        ? `${short.length} of ${count(required.length, 'required setting')} ${short.length === 1 ? 'falls' : 'fall'} short`
        : null,
      errors.length > 0 ? count(errors.length, 'error') : null,
    ].filter((r) => r !== null);
    return `Not ready for ${goal}: ${reasons.join(', ')}.`;
  }
  if (lost.length > 0) {
    return `Ready for ${goal} until the next reboot, which undoes ${count(lost.length, 'required setting')}.`;
  }
  if (pending.length > 0) {
    const verb = pending.length === 1 ? 'is' : 'are';
    return `Ready for ${goal} after a reboot: ${count(pending.length, 'required setting')} ${verb} in the files and not live yet.`;
  }
  if (unread.length > 0)
    return `Cannot say for ${goal}: ${count(unread.length, 'required setting')} could not be read.`;
  const loose = [
    softer.length > 0 ? `${count(softer.length, 'recommended setting')} not as wanted` : null,
    warnings.length > 0 ? count(warnings.length, 'warning') : null,
  ].filter((r) => r !== null);
  return loose.length === 0
    ? `Ready for ${goal}.`
    : `Nearly ready for ${goal}: the required settings are met; ${loose.join(', ')}.`;
}

/** What was looked at: the machine, the process, the profile. */
export function hostLine({ snapshot, profile }: Audit): string {
  return `${machineLine(snapshot)}; profile ${profile.name}`;
}

export function machineLine(snapshot: Snapshot): string {
  const { machine } = snapshot;
  const gib = Number((machine.memory.total * 10n) >> 30n) / 10;
  const parts = [
    snapshot.origin,
    machine.distribution.name,
    `kernel ${machine.kernelRelease}`,
    machine.memory.total === 0n ? 'RAM unknown' : `${gib} GiB RAM`,
    count(machine.cpus, 'CPU'),
    machine.sandbox === 'none' ? null : machine.sandbox,
    machine.initialNetns === 'no' ? 'a child network namespace' : null,
  ].filter((p) => p !== null);
  const subject =
    machine.subject.pid === 0
      ? 'limits unknown'
      : `limits of ${machine.subject.name} (pid ${machine.subject.pid})`;
  return `${parts.join(', ')}; ${subject}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
