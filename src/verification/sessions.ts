/** What sessions and services really get of the limits, opened or looked at while `tune verify` runs. */
import { findSubject } from '../gather/subject.ts';
import type { HostReader } from '../host/reader.ts';
import type { HostWriter } from '../host/writer.ts';
import { InputError } from '../model/error.ts';
import { readValue } from '../model/fact.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatValue } from '../model/value.ts';
import type { SessionCheck, SoakOutcome, VerifyNote } from '../model/verify.ts';
import type { SessionSeen } from '../verify/sessions.ts';
import { openFilesOf, openService, openSessions } from '../write/index.ts';

/** Real sessions where we may open them; otherwise this shell's own, which is what a login of this user got. */
export function seeSessions(
  host: HostReader,
  writer: HostWriter | null,
  snapshot: Snapshot,
  units: readonly string[],
): readonly SessionSeen[] {
  const services = units.map((unit) => seeService(host, unit));
  if (writer === null) return [ownShell(snapshot), ...services];
  const logins = openSessions(writer).map(({ user, outcome, soft, hard }): SessionSeen => {
    const detail = outcome === 'unchecked' ? 'su(1) could not be run' : null;
    return { kind: user === 'root' ? 'root-login' : 'login', who: user, outcome, soft, hard, detail };
  });
  return [...logins, ...(snapshot.machine.init === 'systemd' ? [transientService(writer)] : []), ...services];
}

function ownShell({ facts, machine }: Snapshot): SessionSeen {
  const text = (key: string) => {
    const value = readValue(facts.get(key));
    return value === null ? null : formatValue(value);
  };
  const [soft, hard] = [text('limit.nofile.soft'), text('limit.nofile.hard')];
  const outcome = soft === null || hard === null ? 'unchecked' : 'opened';
  return { kind: 'login', who: machine.subject.name, outcome, soft, hard, detail: 'the shell in use' };
}

function transientService(writer: HostWriter): SessionSeen {
  const base = { kind: 'service-default', who: 'a service without limits of its own' } as const;
  const limits = openService(writer);
  return limits.ok
    ? { ...base, outcome: 'opened', ...limits.value, detail: null }
    : { ...base, outcome: 'unchecked', soft: null, hard: null, detail: `systemd-run: ${limits.errno}` };
}

function seeService(host: HostReader, unit: string): SessionSeen {
  const base = { kind: 'service', who: unit } as const;
  const unchecked = (detail: string): SessionSeen => {
    return { ...base, outcome: 'unchecked', soft: null, hard: null, detail };
  };
  try {
    const { pid } = findSubject(host, { by: 'service', unit });
    const text = host.read(`/proc/${pid}/limits`);
    const limits = text.ok ? openFilesOf(text.value) : null;
    if (limits === null) return unchecked(text.ok ? 'no such limit' : text.errno);
    return { ...base, outcome: 'opened', ...limits, detail: `process ${pid}` };
  } catch (error) {
    if (error instanceof InputError) return unchecked('it does not run');
    throw error;
  }
}

/** A shell that is older than the limits keeps its own, and a soak started from it stops there. */
export function limitNotes(
  host: HostReader,
  soak: SoakOutcome,
  sessions: readonly SessionCheck[],
): readonly VerifyNote[] {
  if (soak.state !== 'ran' || soak.report.verdict.state !== 'failed') return [];
  if (soak.report.verdict.blame?.key !== 'limit.nofile.hard') return [];
  const text = host.read('/proc/self/limits');
  const own = text.ok ? openFilesOf(text.value) : null;
  const login = sessions.find(({ kind, state }) => kind === 'root-login' && state === 'held');
  if (own === null || login?.hard == null || !isBelow(own.hard, login.hard)) return [];
  return [{ code: 'own-limit-below-sessions', own: own.hard, session: login.hard }];
}

function isBelow(a: string, b: string): boolean {
  return a !== 'unlimited' && (b === 'unlimited' || BigInt(a) < BigInt(b));
}
