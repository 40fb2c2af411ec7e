/** A host made of literals, for tests: files as text, errnos where there is no text. */
import {
  type FileStat,
  type HostReader,
  READ_PROGRAMS,
  type ReadProgram,
  type Result,
  type Self,
} from './reader.ts';

export interface MemoryHostParts {
  readonly origin?: string;
  readonly self?: Partial<Self>;
  /** Path → content. A directory exists when a file lies below it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Path → target. */
  readonly links?: Readonly<Record<string, string>>;
  /** Path → errno for every kind of access. */
  readonly errors?: Readonly<Record<string, string>>;
  /** Paths that access(W_OK) grants; everything else is EACCES. */
  readonly writable?: readonly string[];
  /** Program and arguments joined by blanks → standard output. */
  readonly programs?: Readonly<Record<string, string>>;
}

const ok = <T>(value: T): Result<T> => ({ ok: true, value });
const fail = (errno: string) => ({ ok: false, errno }) as const;

export function memoryHost(parts: MemoryHostParts): HostReader {
  const files = parts.files ?? {};
  const links = parts.links ?? {};
  const errors = parts.errors ?? {};
  const known = [...Object.keys(files), ...Object.keys(links)];
  const isDirectory = (path: string) => known.some((name) => name.startsWith(`${path.replace(/\/$/, '')}/`));

  const read = (path: string, maxBytes = 1 << 20): Result<string> => {
    if (errors[path]) return fail(errors[path]);
    const text = files[path];
    if (text === undefined) return fail(isDirectory(path) ? 'EISDIR' : 'ENOENT');
    return Buffer.byteLength(text) > maxBytes ? fail('EFBIG') : ok(text);
  };

  return {
    origin: parts.origin ?? 'memory',
    self: () => ({ pid: 100, ppid: 99, uid: 0, pageSize: 4096, arch: 'x64', now: 0, ...parts.self }),
    read,
    leadingLines: (path, keep) => {
      const text = read(path, Number.MAX_SAFE_INTEGER);
      if (!text.ok) return text;
      const lines = text.value.split('\n').filter((line) => line !== '');
      const stop = lines.findIndex((line, i) => !keep(line, i));
      return ok(stop === -1 ? lines : lines.slice(0, stop));
    },
    list: (path) => {
      if (errors[path]) return fail(errors[path]);
      const prefix = `${path.replace(/\/$/, '')}/`;
      const names = known
        .filter((n) => n.startsWith(prefix))
        .map((n) => n.slice(prefix.length).split('/')[0] ?? '');
      if (names.length === 0) return fail(files[path] === undefined ? 'ENOENT' : 'ENOTDIR');
      return ok([...new Set(names)].sort());
    },
    readlink: (path) => {
      const target = links[path];
      if (errors[path]) return fail(errors[path]);
      return target === undefined ? fail(files[path] === undefined ? 'ENOENT' : 'EINVAL') : ok(target);
    },
    stat: (path): Result<FileStat> => {
      if (errors[path]) return fail(errors[path]);
      const base = { mode: 0o644, uid: 0, gid: 0, size: files[path]?.length ?? 0 };
      if (links[path] !== undefined) return ok({ ...base, kind: 'symlink' });
      if (files[path] !== undefined) return ok({ ...base, kind: 'file' });
      return isDirectory(path) ? ok({ ...base, kind: 'directory', mode: 0o755 }) : fail('ENOENT');
    },
    writable: (path) => ((parts.writable ?? []).includes(path) ? ok(true as const) : fail('EACCES')),
    run: (program: ReadProgram, args) => {
      const output = parts.programs?.[[program, ...args].join(' ')];
      return !READ_PROGRAMS.includes(program) || output === undefined ? fail('ENOENT') : ok(output);
    },
  };
}
