/** The words for codes: every union is spelled out, so a new member without words does not compile. */
import type { AbsentReason } from '../model/fact.ts';
import type { BootPrediction, Place, SettingFinding, Severity, Verdict } from '../model/finding.ts';
import type { Effect, Reach } from '../model/tunable.ts';
import { formatValue } from '../model/value.ts';

export const VERDICTS: Readonly<Record<Verdict, string>> = {
  met: 'met',
  unmet: 'unmet',
  'lost-at-reboot': 'lost',
  pending: 'pending',
  shadowed: 'beaten',
  absent: 'absent',
  denied: 'denied',
  unparsable: 'unread',
  'not-applicable': 'n/a',
  ignored: 'ignored',
};

export const SEVERITIES: Readonly<Record<Severity, string>> = {
  error: 'Error',
  warning: 'Warning',
  info: 'Note',
};

export const ABSENT: Readonly<Record<AbsentReason, string>> = {
  'module-not-loaded': 'its kernel module is not loaded',
  'not-in-this-kernel': 'this kernel does not have it',
  'child-namespace': 'only the initial network namespace has it: ask the host',
  sandbox: 'the sandbox has its own network stack',
  'not-captured': 'the capture does not carry it',
  'not-configured': 'nothing of the kind is configured here',
};

export const REACHES: Readonly<Record<Reach, string>> = {
  host: 'one value for the whole host',
  'per-namespace': 'one value per network namespace; a new namespace starts from the kernel’s default',
  'read-only-in-child': 'one value for the whole host; a child network namespace can only read it',
  'absent-in-child': 'one value for the whole host; not visible in a child network namespace',
  process: 'one value per process, inherited by its children',
  service: 'one value per service',
  manager: 'the default for every service',
};

export const EFFECTS: Readonly<Record<Effect, string>> = {
  now: 'at once',
  'new-sockets': 'for sockets made after the change',
  're-listen': 'for listeners that call listen() again: restart the service',
  'new-session': 'for sessions started after the change: log in again',
  'service-restart': 'after the service is restarted',
  reboot: 'after a reboot',
  never: 'never: it cannot be changed at run time',
};

/** Why a setting has the verdict it has, where the verdict alone does not say. */
export function reasonOf(finding: SettingFinding): string | null {
  switch (finding.verdict) {
    case 'absent':
      return finding.absent === null ? null : ABSENT[finding.absent];
    case 'denied':
      return `the kernel refused to show it (${finding.detail ?? 'no errno'}): run as root`;
    case 'unparsable':
      return `not a value: "${finding.detail ?? ''}"`;
    case 'not-applicable':
      return finding.detail;
    case 'ignored':
      return 'left out by --ignore';
    case 'lost-at-reboot':
      return `as wanted now, lost at the next boot: ${nextBootText(finding.boot)}`;
    case 'pending':
      return `not yet as wanted, but the next boot makes it so: ${nextBootText(finding.boot)}`;
    case 'shadowed':
      return `a file asks for it and is beaten at the next boot: ${nextBootText(finding.boot)}`;
    case 'met':
    case 'unmet':
      return later(finding.boot);
  }
}

/** `4096, by /usr/lib/sysctl.d/50-x.conf:3`, and what `sysctl --system` would make of it. */
export function nextBootText(boot: BootPrediction | null): string {
  if (boot === null) return 'not modelled';
  const value = boot.value === null ? 'a value that is not known' : formatValue(boot.value);
  const by = {
    file: `by ${placeText(boot.at)}`,
    cmdline: 'by the kernel command line',
    default: 'the default, since no file sets it',
    unknown: 'set by no file',
  }[boot.by];
  const late = boot.lateModule === null ? '' : `; ${boot.lateModule} is loaded too late for the files`;
  const manual =
    boot.manual === null
      ? ''
      : `; sysctl --system makes it ${boot.manual.value === null ? 'another' : formatValue(boot.manual.value)} (${placeText(boot.manual.at)})`;
  return `${value} (${by})${late}${manual}`;
}

export function placeText(place: Place | null): string {
  if (place === null) return 'nothing';
  return place.line === null ? place.file : `${place.file}:${place.line}`;
}

function later(boot: BootPrediction | null): string | null {
  if (boot === null || boot.later.length === 0) return null;
  return `${[...new Set(boot.later)].join(', ')} may change it after the boot`;
}
