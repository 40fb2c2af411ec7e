/** The whole story in one file: gather, judge, report. Each command of the CLI is one function here. */
import type { Complaint } from './boot/complaint.ts';
import { complaintsOf, predictBoot } from './boot/predict.ts';
import { diff } from './diff/index.ts';
import { gather } from './gather/index.ts';
import type { SubjectChoice } from './gather/subject.ts';
import type { HostReader } from './host/reader.ts';
import type { Audit } from './model/audit.ts';
import type { RuleFinding, SettingFinding, Severity, Unchecked, Verdict } from './model/finding.ts';
import type { Profile } from './model/profile.ts';
import { isUnchecked, type RuleContext } from './model/rule.ts';
import type { Tunable } from './model/tunable.ts';
import { complaintFinding } from './report/complaints.ts';
import { RULES } from './rules/index.ts';
import { TUNABLES } from './tunables/index.ts';
import { findWalls } from './walls/index.ts';
import { recommend } from './walls/recommend.ts';

export const CATALOGUE: ReadonlyMap<string, Tunable> = new Map(TUNABLES.map((t) => [t.key, t]));

export interface AuditRequest {
  readonly host: HostReader;
  readonly subject: SubjectChoice;
  /** Configuration files of an image or a mounted disk instead of the running host's; '' for the host. */
  readonly root: string;
  readonly profile: Profile;
  /** Overrides the profile's goal. */
  readonly goal: bigint | null;
  /** Keys to judge; empty means all of the profile's. */
  readonly only: readonly string[];
  readonly ignore: readonly string[];
  /** The shipped profiles, to say which one fits; left out when the user or an apply chose one. */
  readonly candidates?: readonly Profile[];
}

/** @throws InputError when the named process or service is not there. */
export function audit(request: AuditRequest): Audit {
  const snapshot = gather(request.host, request.subject, { root: request.root });
  const goal = request.goal ?? request.profile.goal;
  const only = new Set(request.only);
  const profile =
    only.size === 0
      ? request.profile
      : { ...request.profile, settings: request.profile.settings.filter((s) => only.has(s.key)) };
  const boot = predictBoot(snapshot, CATALOGUE);
  const settings = diff(snapshot, profile, {
    goal,
    tunables: CATALOGUE,
    predict: boot.predict,
    ignored: new Set(request.ignore),
  });
  // Rules and files speak of the host as a whole, so a partial audit leaves them out.
  const context = { snapshot, profile, goal, predict: boot.predict };
  const { findings, unchecked } =
    only.size > 0 ? NO_RULES : judgeHost(context, complaintsOf(boot), request.ignore);
  return {
    snapshot,
    profile,
    goal,
    settings,
    findings,
    unchecked,
    walls: findWalls(snapshot, { target: goal }),
    recommendation: request.candidates === undefined ? null : recommend(snapshot, request.candidates),
    asWanted: isAsWanted(settings, findings),
  };
}

const NO_RULES = { findings: [], unchecked: [] } as const;
const FINE: readonly Verdict[] = ['met', 'not-applicable', 'ignored'];
const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

function isAsWanted(settings: readonly SettingFinding[], findings: readonly RuleFinding[]): boolean {
  return settings.every((s) => FINE.includes(s.verdict)) && findings.every((f) => f.severity === 'info');
}

function judgeHost(
  context: RuleContext,
  complaints: readonly Complaint[],
  ignore: readonly string[],
): { findings: readonly RuleFinding[]; unchecked: readonly Unchecked[] } {
  const results = RULES.flatMap((rule) => rule.check(context));
  const found = results.filter((r): r is RuleFinding => !isUnchecked(r));
  // A rule that knows the key's fate says more about a line than "no such key".
  const told = new Set(found.filter((f) => f.code === 'removed-keys').map((f) => f.subject));
  const findings = [...found, ...complaints.map(complaintFinding).filter((f) => !told.has(f.subject))];
  return {
    findings: findings
      .filter((f) => !ignore.includes(f.code))
      .sort(
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
