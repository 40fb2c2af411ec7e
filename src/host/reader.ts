/**
 * The door to the machine, reading half. Everything `gather` and `soak` learn comes through here, so a capture is
 * nothing but a recording of these calls, and the same code audits it on another machine.
 * No method throws for what the machine answers: an errno is a result.
 */

/** A symbolic errno: ENOENT, EACCES, EPERM, EIO, EISDIR … */
export type Errno = string;

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errno: Errno };

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

export interface Self {
  readonly pid: number;
  readonly ppid: number;
  /** Effective user id. */
  readonly uid: number;
  /** Bytes. */
  readonly pageSize: number;
  /** `x64`, `arm64`, `ia32` … as Node names it. */
  readonly arch: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface HostReader {
  /** `this host`, or the file a capture came from. */
  readonly origin: string;
  self(): Self;
  /**
   * The file as text, read by one read() into a buffer that is big enough: /proc files with a long single value
   * (ip_local_reserved_ports) answer only the first read. Files over `maxBytes` (default 1 MiB) fail with EFBIG.
   */
  read(path: string, maxBytes?: number): Result<string>;
  /**
   * The leading lines of a file for as long as `keep` is true, without reading the rest. /proc/net/tcp lists
   * listeners first: a host with a million connections must not be read to its end.
   */
  leadingLines(path: string, keep: (line: string, index: number) => boolean): Result<readonly string[]>;
  /** Names in a directory, sorted by byte order. Never call it on /proc/PID/fd. */
  list(path: string): Result<readonly string[]>;
  readlink(path: string): Result<string>;
  /** Does not follow a final symlink. */
  stat(path: string): Result<FileStat>;
  /** May the caller write here (access(2) with W_OK: reliable for 0444 keys and read-only mounts, even as root)? */
  writable(path: string): Result<true>;
  /** Standard output of a program from `READ_PROGRAMS`, which only reads. */
  run(program: ReadProgram, args: readonly string[]): Result<string>;
}

/** The only programs that a reader may start. */
export const READ_PROGRAMS = ['ss'] as const;
export type ReadProgram = (typeof READ_PROGRAMS)[number];
