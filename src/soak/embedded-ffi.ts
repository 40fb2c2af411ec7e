/**
 * The FFI of the single executable, where there is no node_modules: its native library is an asset in there. The
 * dynamic loader wants a file, so the library is put into one without a name (nameless-file.ts), in the first folder
 * whose file system lets code run. A worker inherits the file of its coordinator instead: all processes then share the
 * same pages of memory, and it is used only if its bytes are the asset's, byte for byte.
 */
import { closeSync, fstatSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import { writeNamelessFile } from './nameless-file.ts';
import { LIBRARY_FD } from './wire.ts';

/** The name of the asset; scripts/executable puts it in. */
const ASSET = 'koffi.node';

let shared: number | null = null;

/** True in the single executable, where the package cannot be imported. */
export const isFfiEmbedded: () => boolean = isSea;

/** What a worker gets after the listener in `stdio`: the library's descriptor, where this process has loaded it so. */
export function libraryStdio(): readonly number[] {
  return shared === null ? [] : [shared];
}

/** Loads the library from the executable. Throws one line that says which folders were tried. */
export async function loadEmbeddedFfi(): Promise<unknown> {
  const asset = getRawAsset(ASSET);
  const bytes = typeof asset === 'string' ? Buffer.from(asset, 'latin1') : new Uint8Array(asset);
  // Only a worker is started with a channel, and with the descriptor behind it.
  const inherited = process.send === undefined ? null : takeInherited(bytes);
  return inherited ?? loadFromFirst(folders(), bytes);
}

function takeInherited(bytes: Uint8Array): unknown {
  try {
    const stat = fstatSync(LIBRARY_FD);
    if (!stat.isFile() || stat.size !== bytes.length) return null;
    const found = new Uint8Array(bytes.length);
    let done = 0;
    while (done < found.length) {
      const count = readSync(LIBRARY_FD, found, done, found.length - done, done);
      if (count === 0) return null;
      done += count;
    }
    if (Buffer.compare(found, bytes) !== 0) return null;
    const library = loadLibrary(LIBRARY_FD);
    closeSync(LIBRARY_FD);
    return library;
  } catch {
    return null;
  }
}

/** Loads the library by way of the first of these folders that takes it; the error names all of them. */
export function loadFromFirst(
  places: readonly string[],
  bytes: Uint8Array,
  load: (fd: number) => unknown = loadLibrary,
): unknown {
  const refusals: string[] = [];
  for (const folder of places) {
    let fd: number | null = null;
    try {
      fd = writeNamelessFile(folder, bytes);
      const library = load(fd);
      shared = fd;
      return library;
    } catch (error) {
      if (fd !== null) closeSync(fd);
      refusals.push(`${folder} (${reasonOf(error)})`);
    }
  }
  throw new Error(
    `it needs a folder that can be written and is not mounted noexec; tried ${refusals.join(', ')}`,
  );
}

/**
 * Memory first, and the executable's own folder last: its file system does run code. Root, who must not load what
 * another user could have a hand in, does not look into the environment.
 */
function folders(): readonly string[] {
  const own = dirname(process.execPath);
  if (process.getuid?.() === 0) return ['/run', '/dev/shm', '/tmp', '/var/tmp', own];
  const { XDG_RUNTIME_DIR, TMPDIR, HOME } = process.env;
  const named = [XDG_RUNTIME_DIR, '/dev/shm', TMPDIR, '/tmp', '/var/tmp', HOME, own];
  return [...new Set(named.filter((folder): folder is string => folder?.startsWith('/') === true))];
}

function loadLibrary(fd: number): unknown {
  const module = { exports: {} };
  process.dlopen(module, `/proc/self/fd/${fd}`);
  return module.exports;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && code !== 'ERR_DLOPEN_FAILED') return code;
  return /map segment/.test(message)
    ? 'noexec'
    : (message.split('\n')[0] ?? '').replace(/^\S*\/fd\/\d+: /, '');
}
