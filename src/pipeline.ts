/** The whole story in one file: gather, judge, report. Each command of the CLI is one function here. */
import { diff } from './diff/index.ts';
import { gather } from './gather/index.ts';
import type { SubjectChoice } from './gather/subject.ts';
import type { HostReader } from './host/reader.ts';
import type { Audit } from './model/audit.ts';
import type { RuleFinding, SettingFinding, Severity, Unchecked, Verdict } from './model/finding.ts';
import type { Profile } from './model/profile.ts';
import { isUnchecked, type Rule, type RuleContext } from './model/rule.ts';
import type { Tunable } from './model/tunable.ts';
import { RULES } from './rules/index.ts';
import { TUNABLES } from './tunables/index.ts';

export const CATALOGUE: ReadonlyMap<string, Tunable> = new Map(TUNABLES.map((t) => [t.key, t]));

export interface AuditRequest {
  readonly host: HostReader;
  readonly subject: SubjectChoice;
  readonly profile: Profile;
  /** Overrides the profile's goal. */
  readonly goal: bigint | null;
  /** Keys to judge; empty means all of the profile's. */
  readonly only: readonly string[];
  readonly ignore: readonly string[];
}

/** @throws InputError when the named process or service is not there. */
export function audit(request: AuditRequest): Audit {
  const snapshot = gather(request.host, request.subject);
  const goal = request.goal ?? request.profile.goal;
  const only = new Set(request.only);
  const profile =
    only.size === 0
      ? request.profile
      : { ...request.profile, settings: request.profile.settings.filter((s) => only.has(s.key)) };
  const settings = diff(snapshot, profile, { goal, tunables: CATALOGUE, ignored: new Set(request.ignore) });
  // Rules speak of the host as a whole, so a partial audit leaves them out.
  const { findings, unchecked } =
    only.size > 0 ? NO_RULES : runRules({ snapshot, profile, goal }, request.ignore);
  return { snapshot, profile, goal, settings, findings, unchecked, asWanted: isAsWanted(settings, findings) };
}

const NO_RULES = { findings: [], unchecked: [] } as const;
const FINE: readonly Verdict[] = ['met', 'not-applicable', 'ignored'];
const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

function isAsWanted(settings: readonly SettingFinding[], findings: readonly RuleFinding[]): boolean {
  return settings.every((s) => FINE.includes(s.verdict)) && findings.every((f) => f.severity === 'info');
}

function runRules(
  context: RuleContext,
  ignore: readonly string[],
  rules: readonly Rule[] = RULES,
): { findings: readonly RuleFinding[]; unchecked: readonly Unchecked[] } {
  const results = rules.flatMap((rule) => rule.check(context));
  const findings = results
    .filter((r): r is RuleFinding => !isUnchecked(r))
    .filter((f) => !ignore.includes(f.code));
  return {
    findings: findings.sort(
      (a, b) =>
        ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
        compareText(a.code, b.code) ||
        compareText(a.subject, b.subject),
    ),
    unchecked: results.filter(isUnchecked),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
