/** `--emit DIR`: the files of a plan below a directory, for a package, an image or a look. No journal, no live writes. */
import type { Result } from '../host/reader.ts';
import type { HostWriter } from '../host/writer.ts';
import type { Plan } from '../model/plan.ts';
import { putState } from './file-state.ts';
import { chainOf, directoryOf, temporaryOf } from './paths.ts';

const DIRECTORY_MODE = 0o755;

export interface EmitResult {
  readonly written: readonly string[];
  readonly failed: { readonly path: string; readonly errno: string } | null;
}

/** `writer` has DIR as its root. Files that are there already with the same content are left alone. */
export function emit(plan: Plan, writer: HostWriter): EmitResult {
  const written: string[] = [];
  for (const { path, after, mode } of plan.files) {
    if (after === null) continue;
    const done = emitFile(path, after, mode, writer);
    if (!done.ok) return { written, failed: { path, errno: done.errno } };
    written.push(path);
  }
  return { written, failed: null };
}

function emitFile(path: string, text: string, mode: number, writer: HostWriter): Result<true> {
  for (const directory of chainOf(directoryOf(path))) {
    const seen = writer.inspect(directory);
    if (seen.ok) {
      if (seen.value.kind === 'directory') continue;
      return { ok: false, errno: 'ENOTDIR' };
    }
    const made = seen.errno === 'ENOENT' ? writer.makeDirectory(directory, DIRECTORY_MODE) : seen;
    if (!made.ok) return made;
  }
  const bytes = Buffer.from(text).toString('base64');
  const { uid, gid } = writer;
  return putState(writer, path, temporaryOf(path, 'emit'), { bytes, mode, uid, gid, mtime: null });
}
