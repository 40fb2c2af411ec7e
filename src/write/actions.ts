/** Programs that must run after the files changed: the service manager's reload. */
import type { HostWriter } from '../host/writer.ts';
import type { Leftover } from '../model/change.ts';

const RELOAD = ['daemon-reload'] as const;
const RELOAD_TIMEOUT_MS = 90_000;

/** Null when it worked. */
export function runAction(action: 'systemd-reload', writer: HostWriter): Leftover | null {
  const result = writer.run('systemctl', RELOAD, RELOAD_TIMEOUT_MS);
  if (result.ok && result.value.status === 0) return null;
  const errno = result.ok ? `status ${result.value.status ?? 'none'}` : result.errno;
  return { subject: action, errno, command: `systemctl ${RELOAD.join(' ')}` };
}
