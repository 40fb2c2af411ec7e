/** The real host, writing half. Loaded only by commands that change something. */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Errno, Result } from './reader.ts';
import type { HostWriter, Inspection, PutRequest } from './writer.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = fs.constants;
/** Every port as its own item, and some. */
const LARGEST_KNOB = 1 << 19;
const LARGEST_FILE = 1 << 24;
const PROGRAM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin';
/** flock(1): somebody else holds the lock. */
const FLOCK_CONFLICT = 1;

const DONE = { ok: true, value: true } as const;
/** An image has files only: undoing its journal must not reach into the kernel that runs here. */
const NO_KNOBS = { ok: false, errno: 'ENOTSUP' } as const;

/** Runs system calls and turns their exception into an errno. */
function attempt<T>(work: () => T): Result<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error) {
      return { ok: false, errno: String(error.code) };
    }
    throw error;
  }
}

class Refused extends Error {
  readonly code: Errno;
  constructor(code: Errno) {
    super(code);
    this.code = code;
  }
}

function withFd<T>(path: string, flags: number, work: (fd: number) => T, mode?: number): T {
  const fd = fs.openSync(path, flags, mode);
  let result: T;
  try {
    result = work(fd);
  } catch (error) {
    attempt(() => fs.closeSync(fd));
    throw error;
  }
  fs.closeSync(fd);
  return result;
}

function syncDirectory(path: string): void {
  withFd(path, O_RDONLY | O_DIRECTORY, (fd) => fs.fsyncSync(fd));
}

function inspect(path: string): Inspection {
  const stat = fs.lstatSync(path, { bigint: true });
  const kind = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'directory'
      : stat.isSymbolicLink()
        ? 'symlink'
        : 'other';
  return {
    kind,
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    links: Number(stat.nlink),
    mtime: stat.mtimeNs.toString(),
  };
}

function access(path: string): true {
  fs.accessSync(path, fs.constants.W_OK);
  return true;
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done);
}

function put(request: PutRequest, path: string, temporary: string): void {
  try {
    withFd(
      temporary,
      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
      (fd) => {
        writeAll(fd, request.bytes);
        // The owner first: changing it clears set-id bits.
        if (request.uid !== process.geteuid?.() || request.gid !== process.getegid?.()) {
          fs.fchownSync(fd, request.uid, request.gid);
        }
        fs.fchmodSync(fd, request.mode);
        if (request.mtime !== null) {
          const seconds = Number(request.mtime) / 1e9;
          fs.futimesSync(fd, seconds, seconds);
        }
        fs.fsyncSync(fd);
      },
      0o600,
    );
    fs.renameSync(temporary, path);
  } catch (error) {
    attempt(() => fs.unlinkSync(temporary));
    throw error;
  }
  syncDirectory(dirname(path));
}

/** /proc/sys answers only the first read, and a regular file may stand in for it in a test. */
function readKnob(path: string): string {
  return withFd(path, O_RDONLY | O_NONBLOCK, (fd) => {
    const buffer = Buffer.allocUnsafe(LARGEST_KNOB);
    return buffer.toString('utf8', 0, fs.readSync(fd, buffer, 0, LARGEST_KNOB, null));
  });
}

function readRegular(path: string): Uint8Array {
  return withFd(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, (fd) => {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) throw new Refused(stat.isDirectory() ? 'EISDIR' : 'ENOTSUP');
    if (stat.size > LARGEST_FILE) throw new Refused('EFBIG');
    return fs.readFileSync(fd);
  });
}

export interface LinuxWriterOptions {
  /** Where `/etc` and `/var` lie: `/`, or an image. */
  readonly root: string;
  /** Are the keys of the running kernel this host's own? Those of an image are not there; default: only for `/`. */
  readonly knobs?: boolean;
}

/** Loads what starting programs needs, once. */
export async function linuxWriter({ root, knobs = root === '/' }: LinuxWriterOptions): Promise<HostWriter> {
  const { execa, execaSync } = await import('execa');
  const at = (path: string) => (root === '/' ? path : join(root, path));
  const env = { PATH: PROGRAM_PATH, LC_ALL: 'C' };
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    pid: process.pid,
    now: () => Date.now(),
    inspect: (path) => attempt(() => inspect(at(path))),
    writable: (path) => attempt(() => access(at(path))),
    readFile: (path) => attempt(() => readRegular(at(path))),
    list: (path) => attempt(() => fs.readdirSync(at(path)).sort(compareBytes)),
    put: (request) => attempt(() => put(request, at(request.path), at(request.temporary)) ?? true),
    remove: (path) => {
      const gone = attempt(() => fs.unlinkSync(at(path)));
      if (!gone.ok) return gone.errno === 'ENOENT' ? DONE : gone;
      return attempt(() => syncDirectory(dirname(at(path))) ?? true);
    },
    makeDirectory: (path, mode) =>
      attempt(() => {
        fs.mkdirSync(at(path), mode);
        // The umask may have taken bits away.
        fs.chmodSync(at(path), mode);
        syncDirectory(dirname(at(path)));
        return true as const;
      }),
    removeDirectory: (path) =>
      attempt(() => {
        fs.rmdirSync(at(path));
        syncDirectory(dirname(at(path)));
        return true as const;
      }),
    readKnob: (path) => (knobs ? attempt(() => readKnob(`/proc/sys/${path}`)) : NO_KNOBS),
    knobWritable: (path) => (knobs ? attempt(() => access(`/proc/sys/${path}`)) : NO_KNOBS),
    writeKnob: (path, text) =>
      knobs
        ? attempt(
            () => withFd(`/proc/sys/${path}`, O_WRONLY, (fd) => writeAll(fd, Buffer.from(text))) ?? true,
          )
        : NO_KNOBS,
    lock: (path, note) => {
      const opened = attempt(() => fs.openSync(at(path), O_RDWR | O_CREAT | O_NOFOLLOW, 0o600));
      if (!opened.ok) return { ...opened, holder: null };
      const fd = opened.value;
      const close = () => void attempt(() => fs.closeSync(fd));
      // flock(2) belongs to the open file, which the child shares: it ends with our descriptor, not with flock(1).
      const child = execaSync('flock', ['-x', '-n', '0'], {
        reject: false,
        env,
        extendEnv: false,
        // The types name 3 to 9 only; any descriptor works.
        stdin: fd as 3,
      });
      if (child.failed) {
        const holder = attempt(() => fs.readFileSync(fd, 'utf8').trim());
        close();
        if (child.exitCode !== FLOCK_CONFLICT) return { ok: false, errno: 'ENOLCK', holder: null };
        return { ok: false, errno: 'EAGAIN', holder: holder.ok && holder.value !== '' ? holder.value : null };
      }
      attempt(() => {
        fs.ftruncateSync(fd);
        fs.writeSync(fd, `${note}\n`, 0);
      });
      return { ok: true, release: close };
    },
    run: (program, args, timeoutMs) => {
      const child = execaSync(program, [...args], {
        reject: false,
        env,
        extendEnv: false,
        stdin: 'ignore',
        timeout: timeoutMs,
      });
      if (child.exitCode === undefined && !child.timedOut && child.signal === undefined) {
        return { ok: false, errno: child.code ?? 'EIO' };
      }
      const { exitCode, stdout, stderr } = child;
      return { ok: true, value: { status: exitCode ?? null, stdout, stderr } };
    },
    detach: ([program = '', ...args]) => {
      const child = execa(program, args, {
        detached: true,
        stdio: 'ignore',
        cleanup: false,
        reject: false,
        cwd: '/',
      });
      child.unref();
      return child.pid === undefined ? { ok: false, errno: 'ENOENT' } : { ok: true, value: child.pid };
    },
  };
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
