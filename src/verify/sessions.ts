/** Do the sessions get the open files that are wanted? Pure: real sessions were opened elsewhere. */
import type { SettingFinding } from '../model/finding.ts';
import { formatRelation, type Relation, satisfies } from '../model/relation.ts';
import { parseValue, type Value } from '../model/value.ts';
import type { SessionCheck, SessionKind } from '../model/verify.ts';
import type { AppliedState } from './applied.ts';

/** A session as it really opened, or why none could be. */
export interface SessionSeen {
  readonly kind: SessionKind;
  readonly who: string;
  readonly outcome: 'opened' | 'refused' | 'unchecked';
  /** The kernel's text, `unlimited` included. */
  readonly soft: string | null;
  readonly hard: string | null;
  readonly detail: string | null;
}

/** Which limit speaks for a session: the first that is wanted. Services keep their soft limit. */
const SPEAKS: Readonly<Record<SessionKind, { soft: readonly string[]; hard: readonly string[] }>> = {
  login: { soft: ['limit.nofile.soft'], hard: ['limit.nofile.hard'] },
  'root-login': { soft: ['limit.nofile.soft'], hard: ['limit.nofile.hard'] },
  'service-default': { soft: [], hard: ['systemd.DefaultLimitNOFILE'] },
  service: { soft: [], hard: ['systemd.LimitNOFILE', 'systemd.DefaultLimitNOFILE'] },
};

export function checkSessions(
  seen: readonly SessionSeen[],
  findings: readonly SettingFinding[],
  applied: AppliedState | null,
): readonly SessionCheck[] {
  return seen.map((session) => {
    const relation = (keys: readonly string[]) => wantedOf(keys, session, findings, applied);
    const soft = relation(SPEAKS[session.kind].soft);
    const hard = relation(SPEAKS[session.kind].hard);
    const { kind, who, detail } = session;
    return {
      ...{ kind, who, soft: session.soft, hard: session.hard },
      wantedSoft: soft === null ? null : formatRelation(soft),
      wantedHard: hard === null ? null : formatRelation(hard),
      state: stateOf(session, soft, hard),
      detail,
    };
  });
}

function stateOf(session: SessionSeen, soft: Relation | null, hard: Relation | null): SessionCheck['state'] {
  if (session.outcome !== 'opened') return session.outcome;
  return holds(soft, session.soft) && holds(hard, session.hard) ? 'held' : 'lost';
}

function holds(wanted: Relation | null, text: string | null): boolean {
  if (wanted === null) return true;
  const value = text === null ? null : limitOf(text);
  return value !== null && satisfies(wanted, value);
}

function limitOf(text: string): Value | null {
  return parseValue({ kind: 'limit' }, text);
}

function wantedOf(
  keys: readonly string[],
  { kind, who }: SessionSeen,
  findings: readonly SettingFinding[],
  applied: AppliedState | null,
): Relation | null {
  const written = kind === 'service' ? applied?.limits.get(`systemd.LimitNOFILE ${who}`) : undefined;
  const own = written === undefined ? null : limitOf(written);
  if (own !== null) return { kind: 'atLeast', value: own };
  for (const key of keys) {
    const finding = findings.find(({ setting }) => setting.key === key);
    if (finding?.wanted != null) return finding.wanted;
    const text = applied?.limits.get(key);
    const value = text === undefined ? null : limitOf(text);
    if (value !== null) return { kind: 'atLeast', value };
  }
  return null;
}
