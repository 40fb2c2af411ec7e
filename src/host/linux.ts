/** The real host, reading half: the only file of the audit side that touches the file system or starts a program. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import type { Errno, FileStat, HostReader, Result } from './reader.ts';

const AT_PAGESZ = 6n; // <linux/auxvec.h>
const PAGE_SIZE_FALLBACK = 4096;
const DEFAULT_MAX_BYTES = 1 << 20;
const LINE_CHUNK = 1 << 16;
const PROGRAM_TIMEOUT_MS = 5000;
const PROGRAM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

const ok = <T>(value: T): Result<T> => ({ ok: true, value });

/**
 * Runs one system call's worth of work and turns its exception into an errno. Most paths that are asked for do not
 * exist, and collecting a stack trace that nobody reads costs more than the system call.
 */
function attempt<T>(work: () => T): Result<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return ok(work());
  } catch (error) {
    return { ok: false, errno: errnoOf(error) };
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function errnoOf(error: unknown): Errno {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  throw error;
}

class Refused extends Error {
  readonly code: Errno;
  constructor(code: Errno) {
    super(code);
    this.code = code;
  }
}

/** Opens without blocking on a FIFO and refuses what is not a regular file: a device in sysctl.d must not hang us. */
function withFile<T>(path: string, work: (fd: number) => T): T {
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY);
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isDirectory()) throw new Refused('EISDIR');
    if (!stat.isFile()) throw new Refused('ENOTSUP');
    return work(fd);
  } finally {
    fs.closeSync(fd);
  }
}

let scratch: Buffer | null = null;

/** One read() into a buffer larger than any /proc/sys value, then further reads only for ordinary files. */
function readWhole(fd: number, maxBytes: number): string {
  // Allocated once: pages that no read touches cost nothing.
  scratch ??= Buffer.allocUnsafeSlow(DEFAULT_MAX_BYTES + 1);
  const buffer = maxBytes <= DEFAULT_MAX_BYTES ? scratch : Buffer.allocUnsafeSlow(maxBytes + 1);
  let length = 0;
  for (;;) {
    const got = fs.readSync(fd, buffer, length, maxBytes + 1 - length, null);
    length += got;
    if (length > maxBytes) throw new Refused('EFBIG');
    if (got === 0) return buffer.toString('utf8', 0, length);
  }
}

function readLeadingLines(fd: number, keep: (line: string, index: number) => boolean): readonly string[] {
  const chunk = Buffer.allocUnsafe(LINE_CHUNK);
  const lines: string[] = [];
  let tail = '';
  for (;;) {
    const got = fs.readSync(fd, chunk, 0, LINE_CHUNK, null);
    const parts = (tail + chunk.toString('latin1', 0, got)).split('\n');
    tail = got === 0 ? '' : (parts.pop() ?? '');
    for (const line of parts) {
      if (line === '') continue;
      if (!keep(line, lines.length)) return lines;
      lines.push(line);
    }
    if (got === 0) return lines;
  }
}

/** The page size from the auxiliary vector: hard-coding 4096 is wrong on arm64 and ppc64 kernels with 64 KiB pages. */
function readPageSize(): number {
  const auxv = attempt(() => fs.readFileSync('/proc/self/auxv'));
  if (!auxv.ok) return PAGE_SIZE_FALLBACK;
  for (let at = 0; at + 16 <= auxv.value.length; at += 16) {
    if (auxv.value.readBigUInt64LE(at) === AT_PAGESZ) return Number(auxv.value.readBigUInt64LE(at + 8));
  }
  return PAGE_SIZE_FALLBACK;
}

function statOf(path: string): FileStat {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new Refused('ENOENT');
  const kind = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'directory'
      : stat.isSymbolicLink()
        ? 'symlink'
        : 'other';
  return { kind, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid, size: stat.size };
}

export function linuxHost(): HostReader {
  return {
    origin: 'this host',
    self: () => ({
      pid: process.pid,
      ppid: process.ppid,
      uid: process.geteuid?.() ?? 0,
      pageSize: readPageSize(),
      arch: process.arch,
      now: Date.now(),
    }),
    read: (path, maxBytes = DEFAULT_MAX_BYTES) =>
      attempt(() => withFile(path, (fd) => readWhole(fd, maxBytes))),
    leadingLines: (path, keep) => attempt(() => withFile(path, (fd) => readLeadingLines(fd, keep))),
    list: (path) => attempt(() => fs.readdirSync(path, 'latin1').sort()),
    readlink: (path) => attempt(() => fs.readlinkSync(path)),
    stat: (path) => attempt(() => statOf(path)),
    writable: (path) =>
      attempt(() => {
        fs.accessSync(path, fs.constants.W_OK);
        return true as const;
      }),
    run: (program, args) =>
      attempt(() => {
        const child = spawnSync(program, [...args], {
          env: { PATH: PROGRAM_PATH, LC_ALL: 'C' },
          stdio: ['ignore', 'pipe', 'ignore'],
          timeout: PROGRAM_TIMEOUT_MS,
          encoding: 'utf8',
          maxBuffer: 16 * DEFAULT_MAX_BYTES,
        });
        if (child.error) throw child.error;
        if (child.status !== 0) throw new Refused('EIO');
        return child.stdout;
      }),
  };
}
