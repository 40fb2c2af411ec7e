/** tune's own directory and its lock: made on first use, for root only, and never shared with anyone. */
import type { Result } from '../host/reader.ts';
import type { HostWriter, LockResult } from '../host/writer.ts';
import type { Refusal } from '../model/plan.ts';
import { guardDirectory, refusal } from './guard.ts';
import { BOOT_ID, chainOf, JOURNALS, LOCK, STATE, STATE_MODE } from './paths.ts';

const PARENT_MODE = 0o755;

export type Locked =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** Checks the directory, makes what is missing, and takes the lock. */
export function lockState(writer: HostWriter, command: string): Locked {
  const unsafe = [...guardDirectory(JOURNALS, writer)];
  if (unsafe.length > 0) return { ok: false, refusals: unsafe };
  for (const path of chainOf(JOURNALS).slice(1)) {
    const made = ensureDirectory(writer, path);
    if (!made.ok) {
      const what = `${path} cannot be made: ${made.errno}.`;
      return { ok: false, refusals: [refusal('no-state-directory', STATE, what)] };
    }
  }
  const boot = writer.readKnob(BOOT_ID);
  const note = [
    `process ${writer.pid} (tune ${command}), since ${new Date(writer.now()).toISOString()}`,
    ...(boot.ok ? [`boot ${boot.value.trim()}`] : []),
  ];
  const lock = writer.lock(LOCK, note.join('\n'));
  return lock.ok ? lock : { ok: false, refusals: [cannotLock(lock)] };
}

function ensureDirectory(writer: HostWriter, path: string): Result<true> {
  const seen = writer.inspect(path);
  if (seen.ok) return { ok: true, value: true };
  if (seen.errno !== 'ENOENT') return seen;
  return writer.makeDirectory(path, path.startsWith(STATE) ? STATE_MODE : PARENT_MODE);
}

function cannotLock(lock: Extract<LockResult, { ok: false }>): Refusal {
  if (lock.errno === 'EAGAIN') {
    const holder = lock.holder?.split('\n')[0] ?? 'a process that has not said who it is yet';
    return refusal('locked', LOCK, `Another tune is at work: ${holder}.`, 'Wait until it has ended.');
  }
  if (lock.errno === 'ENOLCK') {
    return refusal('cannot-lock', LOCK, `${LOCK} cannot be locked: flock(1) failed.`, 'Install util-linux.');
  }
  return refusal('cannot-lock', LOCK, `${LOCK} cannot be opened: ${lock.errno}.`);
}
