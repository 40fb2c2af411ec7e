/**
 * The dead man's handle: a timer of systemd where it runs, otherwise a process of its own session. Both outlive the
 * terminal and the ssh connection; neither outlives a reboot, which `unfinished()` then reports.
 */
import type { HostWriter } from '../host/writer.ts';
import type { ConfirmWatch, Journal } from '../model/change.ts';
import type { Failure } from '../model/outcome.ts';

export interface ConfirmRequest {
  readonly seconds: number;
  /** What a timer runs when the time is over: `tune rollback --if-unconfirmed ID`, as absolute path and arguments. */
  readonly revert: (id: string) => readonly string[];
  /** What waits by itself where there is no systemd: it sleeps for the seconds, then does the same. */
  readonly watch: (id: string, seconds: number) => readonly string[];
}

export type Armed =
  | { readonly ok: true; readonly watch: ConfirmWatch }
  | { readonly ok: false; readonly failure: Failure };

const TIMEOUT_MS = 30_000;
/** sd_booted(3): systemd runs as process 1 when this directory is there. */
const SYSTEMD = '/run/systemd/system';

export function plannedWatch(id: string, request: ConfirmRequest, writer: HostWriter): ConfirmWatch {
  const systemd = hasSystemd(writer);
  return {
    deadline: new Date(writer.now() + request.seconds * 1000).toISOString(),
    by: systemd ? 'systemd-timer' : 'watcher',
    handle: systemd ? unitOf(id) : '',
    confirmed: false,
  };
}

export function armWatch({ id, confirm }: Journal, request: ConfirmRequest, writer: HostWriter): Armed {
  if (confirm === null) throw new Error('a journal without a watch cannot be armed');
  if (confirm.by === 'watcher') {
    const started = writer.detach(request.watch(id, request.seconds));
    if (!started.ok) return { ok: false, failure: cannotArm('the watcher', started.errno) };
    return { ok: true, watch: { ...confirm, handle: String(started.value) } };
  }
  const result = writer.run(
    'systemd-run',
    [
      '--quiet',
      '--collect',
      `--unit=${unitOf(id)}`,
      `--on-active=${request.seconds}s`,
      '--timer-property=AccuracySec=1s',
      '--',
      ...request.revert(id),
    ],
    TIMEOUT_MS,
  );
  if (result.ok && result.value.status === 0) return { ok: true, watch: confirm };
  const errno = result.ok ? `status ${result.value.status ?? 'none'}` : result.errno;
  return { ok: false, failure: cannotArm('systemd-run', errno) };
}

/**
 * Best effort: a timer or watcher that comes later finds the journal undone or confirmed and does nothing. A watcher is
 * left to that, since after a while its process id may be somebody else's.
 */
export function disarmWatch({ confirm }: Journal, writer: HostWriter): void {
  if (confirm === null || confirm.confirmed || confirm.by !== 'systemd-timer') return;
  writer.run('systemctl', ['stop', `${confirm.handle}.timer`], TIMEOUT_MS);
}

function hasSystemd(writer: HostWriter): boolean {
  const seen = writer.inspect(SYSTEMD);
  return seen.ok && seen.value.kind === 'directory';
}

function unitOf(id: string): string {
  return `tune-revert-${id}`;
}

function cannotArm(subject: string, errno: string): Failure {
  return { subject, what: 'cannot be started, so nothing would revert the change', errno };
}
