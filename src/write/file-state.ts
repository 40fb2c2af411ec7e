/** A file as it is, with all that a rollback puts back. */
import type { Result } from '../host/reader.ts';
import type { HostWriter, PutRequest } from '../host/writer.ts';
import type { FileState } from '../model/change.ts';

/** What we leave as mtime: whole seconds, so that it can be put back exactly. */
const NANOSECONDS = 1_000_000_000n;

/** Null when nothing is there. EMLINK or ELOOP for what is not a plain file of its own. */
export function readState(writer: HostWriter, path: string): Result<FileState | null> {
  const seen = writer.inspect(path);
  if (!seen.ok) {
    const missing = seen.errno === 'ENOENT' || seen.errno === 'ENOTDIR';
    return missing ? { ok: true, value: null } : seen;
  }
  const { kind, mode, uid, gid, mtime, links } = seen.value;
  if (kind !== 'file') return { ok: false, errno: kind === 'symlink' ? 'ELOOP' : 'ENOTSUP' };
  if (links > 1) return { ok: false, errno: 'EMLINK' };
  const bytes = writer.readFile(path);
  if (!bytes.ok) return bytes;
  return {
    ok: true,
    value: { bytes: Buffer.from(bytes.value).toString('base64'), mode, uid, gid, mtime },
  };
}

/** Content, mode and owner; a touch is not a change. */
export function sameState(a: Omit<FileState, 'mtime'> | null, b: Omit<FileState, 'mtime'> | null): boolean {
  if (a === null || b === null) return a === b;
  return a.bytes === b.bytes && a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;
}

export function putState(
  writer: HostWriter,
  path: string,
  temporary: string,
  state: Omit<FileState, 'mtime'> & { readonly mtime: string | null },
): Result<true> {
  const { bytes, mode, uid, gid } = state;
  const mtime = state.mtime ?? ((BigInt(Math.trunc(writer.now())) / 1000n) * NANOSECONDS).toString();
  const content = Buffer.from(bytes, 'base64');
  return putFresh(writer, { path, temporary, bytes: content, mode, uid, gid, mtime });
}

/**
 * `put`, after clearing away a temporary that a crash left. Ours by its name, in a directory that only we can write,
 * under the lock: nobody else is about to rename it.
 */
export function putFresh(writer: HostWriter, request: PutRequest): Result<true> {
  if (writer.inspect(request.temporary).ok) {
    const gone = writer.remove(request.temporary);
    if (!gone.ok) return gone;
  }
  return writer.put(request);
}

/** A short description for a report. */
export function describeState(state: Omit<FileState, 'mtime'> | null): string {
  if (state === null) return 'absent';
  const size = Buffer.from(state.bytes, 'base64').length;
  return `${size} bytes, mode ${state.mode.toString(8)}, owner ${state.uid}:${state.gid}`;
}
