/** The words for codes: every union is spelled out, so a new member without words does not compile. */
import type { AbsentReason } from '../model/fact.ts';
import type { SettingFinding, Severity, Verdict } from '../model/finding.ts';
import type { Effect, Reach } from '../model/tunable.ts';

export const VERDICTS: Readonly<Record<Verdict, string>> = {
  met: 'met',
  unmet: 'unmet',
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
    case 'met':
    case 'unmet':
      return null;
  }
}
