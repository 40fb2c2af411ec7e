/**
 * A login session through PAM: su(1) as root, with a program that prints its own limits instead of a shell. A limit
 * that PAM cannot set ends the session before the program starts, which is how people are locked out.
 */
import type { Result } from '../host/reader.ts';
import type { HostWriter } from '../host/writer.ts';
import type { SessionResult } from '../model/change.ts';

/** One by name and one that only `*` speaks for. */
const USERS = ['root', 'nobody'] as const;
const PROGRAM = '/bin/cat';
const LIMITS = '/proc/self/limits';
const TIMEOUT_MS = 20_000;

export function openSessions(writer: HostWriter): readonly SessionResult[] {
  return USERS.map((user) => openSession(user, writer));
}

function openSession(user: string, writer: HostWriter): SessionResult {
  const result = writer.run('su', ['-s', PROGRAM, user, LIMITS], TIMEOUT_MS);
  if (!result.ok) return { user, outcome: 'unchecked', soft: null, hard: null };
  const limits = openFilesOf(result.value.stdout);
  if (result.value.status !== 0 || limits === null)
    return { user, outcome: 'refused', soft: null, hard: null };
  return { user, outcome: 'opened', ...limits };
}

/** `Max open files` of /proc/PID/limits (proc(5)), in the kernel's words; null where that line is missing. */
export function openFilesOf(limits: string): { readonly soft: string; readonly hard: string } | null {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits) ?? [];
  return soft === undefined || hard === undefined ? null : { soft, hard };
}

/** The limits of a service that says nothing of its own: a transient unit that prints them and is gone. */
export function openService(writer: HostWriter): Result<{ readonly soft: string; readonly hard: string }> {
  const words = ['--quiet', '--wait', '--pipe', '--collect', '--', PROGRAM, LIMITS];
  const result = writer.run('systemd-run', words, TIMEOUT_MS);
  if (!result.ok) return result;
  const limits = openFilesOf(result.value.stdout);
  return limits === null
    ? { ok: false, errno: `status ${result.value.status ?? 'none'}` }
    : { ok: true, value: limits };
}

/** Only a user who could log in before can be locked out by us. */
export function compareSessions(
  before: readonly SessionResult[],
  after: readonly SessionResult[],
): readonly SessionResult[] {
  return after.map((session, i) =>
    before[i]?.outcome === 'opened' ? session : { ...session, outcome: 'unchecked' },
  );
}
