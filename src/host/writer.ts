/**
 * The door to the machine, writing half: the only ways in which tune changes anything. Small on purpose: whatever is
 * not here cannot be done. Paths are as the host names them (`/etc/…`); an implementation may put them below another
 * root. No method throws for what the machine answers: an errno is a result.
 */
import type { Errno, Result } from './reader.ts';

/** What lstat(2) says, as far as it decides whether a path may be touched and what must be put back. */
export interface Inspection {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Names of the file: more than one means that a write through this name changes another. */
  readonly links: number;
  /** Nanoseconds since the epoch, decimal. */
  readonly mtime: string;
}

export interface PutRequest {
  readonly path: string;
  /** A name in the same directory; made with O_CREAT|O_EXCL|O_NOFOLLOW and renamed over `path`. */
  readonly temporary: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Nanoseconds since the epoch, decimal; null leaves the clock's. */
  readonly mtime: string | null;
}

export interface ProgramResult {
  /** Null when it was ended by a signal or by the time limit. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The only programs that a writer may start; none of them is a shell. */
export const WRITE_PROGRAMS = ['systemctl', 'systemd-run', 'su'] as const;
export type WriteProgram = (typeof WRITE_PROGRAMS)[number];

export type LockResult =
  | { readonly ok: true; readonly release: () => void }
  /** `holder` is what the other process wrote about itself; null when it has not yet. */
  | { readonly ok: false; readonly errno: Errno; readonly holder: string | null };

export interface HostWriter {
  /** Effective user id. */
  readonly uid: number;
  /** Effective group id. */
  readonly gid: number;
  readonly pid: number;
  /** Milliseconds since the epoch, by a clock that may jump. */
  now(): number;

  inspect(path: string): Result<Inspection>;
  /** May we write here (access(2): knows read-only mounts, even for root)? */
  writable(path: string): Result<true>;
  /** The whole of a regular file, opened without following a final symlink. */
  readFile(path: string): Result<Uint8Array>;
  /** Names in a directory, sorted by byte order. */
  list(path: string): Result<readonly string[]>;

  /** Temporary file, fsync, rename, fsync of the directory. On failure `path` is as before and the temporary gone. */
  put(request: PutRequest): Result<true>;
  /** unlink and fsync of the directory; a path that is not there is a success. */
  remove(path: string): Result<true>;
  /** mkdir, exact mode, and fsync of the parent. EEXIST when it is there. */
  makeDirectory(path: string, mode: number): Result<true>;
  /** rmdir and fsync of the parent. ENOTEMPTY when something lies in it. */
  removeDirectory(path: string): Result<true>;

  /** A key below /proc/sys/, `net/core/somaxconn`: one read() into a buffer that holds the longest value. */
  readKnob(path: string): Result<string>;
  knobWritable(path: string): Result<true>;
  /** One open and one write: only the first write at offset 0 counts. Long port lists go on from where it stopped. */
  writeKnob(path: string, text: string): Result<true>;

  /** An exclusive lock that the kernel drops when this process ends, however it ends. `note` is for others to read. */
  lock(path: string, note: string): LockResult;
  /** Runs a program of the list to its end, with no shell, an empty standard input and a fixed PATH. */
  run(program: WriteProgram, args: readonly string[], timeoutMs: number): Result<ProgramResult>;
  /** Starts a process of its own session that outlives this one and its terminal; its process id. */
  detach(command: readonly string[]): Result<number>;
}
