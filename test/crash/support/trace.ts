/** Which system calls a run of the worker makes, from the first that touches tune's state to its end. */
import fs from 'node:fs';

/** Everything through which the worker can change something, and what lies between two such calls. */
export const CALLS = [
  'openat',
  'write',
  'pwrite64',
  'fsync',
  'fchmod',
  'chmod',
  'fchown',
  'utimensat',
  'ftruncate',
  'rename',
  'unlink',
  'mkdir',
  'rmdir',
  'close',
  'read',
  'statx',
] as const;

export interface Point {
  readonly call: string;
  /** Its number among the calls of that name in the whole run, from 1. */
  readonly n: number;
  /** Set when it changes a file of the host or a key of the kernel. */
  readonly target: Target | null;
}

export interface Target {
  readonly path: string;
  /** The call's number among those of its name on that path: the same in every run, whatever Node does besides. */
  readonly n: number;
}

/**
 * @param file what `strace -y -o` wrote for the main thread
 * @param root the temporary root: only calls on its files and on /proc/sys are the transaction's own. Node also writes
 *   to its own pipes, and an error there proves nothing about tune.
 */
export function pointsOf(file: string, root: string): readonly Point[] {
  const counts = new Map<string, number>();
  const count = (what: string): number => {
    const n = (counts.get(what) ?? 0) + 1;
    counts.set(what, n);
    return n;
  };
  const points: Point[] = [];
  let begun = false;
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const call = /^(\w+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    const n = count(call);
    const path = pathOf(call, line);
    const onPath = count(`${call} ${path}`);
    begun ||= line.includes('/var/lib');
    // The result on standard output: the transaction is over.
    if (/^write\(1[,<]/.test(line)) break;
    const ours = path !== null && (path.startsWith(root) || path.startsWith('/proc/sys/'));
    if (begun) points.push({ call, n, target: ours && isWriting(call, line) ? { path, n: onPath } : null });
  }
  return points;
}

/** `fsync(20</a/b>)` and `rename("/a/b", …)`; a call on a descriptor names it in angle brackets (strace -y). */
function pathOf(call: string, line: string): string | null {
  const named = ['openat', 'rename', 'unlink', 'mkdir', 'rmdir', 'chmod'].includes(call);
  return (named ? /"([^"]*)"/ : /<([^>]*)>/).exec(line)?.[1] ?? null;
}

function isWriting(call: string, line: string): boolean {
  if (call === 'openat') return /O_WRONLY|O_RDWR|O_CREAT/.test(line);
  return !['close', 'read', 'statx'].includes(call);
}

/** A repeatable choice: all writing calls first, then as many of the others as there is room for. */
export function choose(points: readonly Point[], limit: number, seed: number): readonly Point[] {
  if (points.length <= limit) return points;
  const weight = (i: number) => Math.imul(i + 1, 2654435761 + seed) >>> 0;
  const ranked = points
    .map((point, i) => ({ point, i }))
    .sort(
      (a, b) =>
        Number(b.point.target !== null) - Number(a.point.target !== null) || weight(a.i) - weight(b.i),
    );
  return ranked
    .slice(0, limit)
    .sort((a, b) => a.i - b.i)
    .map(({ point }) => point);
}
