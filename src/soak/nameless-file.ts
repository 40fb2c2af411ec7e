/** A file without a name: code that a program brings along can be loaded from it, and nobody else can put code in it. */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** <asm-generic/fcntl.h>: the flag of open(2), which includes O_DIRECTORY. Node has no name for it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
/** The owner alone: read, and execute where somebody asks access(2). */
const MODE = 0o500;

/**
 * Puts the bytes into a file on the file system of `folder`, and returns its descriptor, not inherited by programs.
 * The file never had a name (O_TMPFILE), or where the file system cannot do that, had a random one that had to be new
 * and is gone when this returns. Whoever has the descriptor opens the file as `/proc/self/fd/N`: there is no path that
 * another user could have prepared or could change. Throws the errors of open(2) and write(2). `open` is for tests.
 */
export function writeNamelessFile(folder: string, bytes: Uint8Array, open = openSync): number {
  const fd = openNameless(folder, open);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openNameless(folder: string, open: typeof openSync): number {
  try {
    return open(folder, O_TMPFILE | constants.O_RDWR, MODE);
  } catch (error) {
    // Old overlayfs and network file systems; a kernel that does not know the flag opens the folder instead.
    if (!['EOPNOTSUPP', 'ENOTSUP', 'EISDIR', 'EINVAL'].includes(codeOf(error))) throw error;
  }
  const path = join(folder, `.tune-${randomBytes(16).toString('hex')}`);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const fd = open(path, flags, MODE);
  rmSync(path, { force: true });
  return fd;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
