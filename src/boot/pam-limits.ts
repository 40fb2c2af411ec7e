/**
 * What pam_limits gives a session (modules/pam_limits/pam_limits.c): all files are read, the most specific domain wins
 * per soft and hard limit, then setrlimit is called for every limit that some line set.
 */
import { aboutFile } from './complaint.ts';
import { limitsFiles } from './limits-files.ts';
import { Session } from './pam-session.ts';
import { type PamContext, type PamResult, type PamVariant, type SessionUser, UPSTREAM } from './pam-types.ts';
import { errnoOf, type FileTree, textOf } from './tree.ts';

export function pamLimits(
  tree: FileTree,
  user: SessionUser,
  context: PamContext,
  variant: PamVariant = UPSTREAM,
): PamResult {
  const session = new Session(user, context, variant);
  for (const { path, entry } of limitsFiles(tree)) {
    const text = textOf(entry);
    const errno = errnoOf(entry);
    if (errno === 'EISDIR') continue;
    if (text === null) {
      session.complaints.add(
        aboutFile(errno === null ? 'not-a-regular-file' : 'cannot-open', 'error', path, errno),
      );
      // 1.5 refuses the session for any file it cannot open, even limits.conf when it does not exist.
      const fatal = errno !== null && errno !== 'EFBIG' && (errno !== 'ENOENT' || variant.release === '1.5');
      if (fatal) return session.end({ reason: errno, file: path, line: null });
      continue;
    }
    if (!session.readFile(path, text)) return session.end(null);
  }
  return session.apply();
}
