/**
 * A login session through PAM: su(1) as root, with a program that prints its own limits instead of a shell. A limit
 * that PAM cannot set ends the session before the program starts, which is how people are locked out.
 */
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
  const row = /^Max open files\s+(\S+)\s+(\S+)/m.exec(result.value.stdout);
  if (result.value.status !== 0 || row === null) return { user, outcome: 'refused', soft: null, hard: null };
  return { user, outcome: 'opened', soft: row[1] ?? null, hard: row[2] ?? null };
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
