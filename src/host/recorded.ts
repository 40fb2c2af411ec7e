/** A recorded host: a capture replayed through the same door, and the recorder that makes one. */
import type { FileStat, HostReader, Result, Self } from './reader.ts';
import { redact } from './redact.ts';

/** What a capture holds: each call that was made and what the machine answered. */
export interface Recording {
  readonly self: Self;
  readonly files: Record<string, Answer<string>>;
  readonly lines: Record<string, Answer<readonly string[]>>;
  readonly lists: Record<string, Answer<readonly string[]>>;
  readonly links: Record<string, Answer<string>>;
  readonly stats: Record<string, Answer<FileStat>>;
  readonly writable: Record<string, Answer<true>>;
  readonly programs: Record<string, Answer<string>>;
}

/** The answer itself, or the errno in its place. */
export type Answer<T> = { readonly value: T } | { readonly errno: string };

/** The errno of a call that the capture does not carry: not the same as a file that was not there. */
export const NOT_CAPTURED = 'ENOTCAPTURED';

const MISSING = { ok: false, errno: NOT_CAPTURED } as const;

function replay<T>(answers: Record<string, Answer<T>>, key: string): Result<T> {
  const answer = Object.hasOwn(answers, key) ? answers[key] : undefined;
  if (answer === undefined) return MISSING;
  return 'errno' in answer ? { ok: false, errno: answer.errno } : { ok: true, value: answer.value };
}

export function recordedHost(recording: Recording, origin: string): HostReader {
  return {
    origin,
    self: () => recording.self,
    read: (path) => replay(recording.files, path),
    leadingLines: (path, keep) => {
      const all = replay(recording.lines, path);
      if (!all.ok) return all;
      const stop = all.value.findIndex((line, i) => !keep(line, i));
      return { ok: true, value: stop === -1 ? all.value : all.value.slice(0, stop) };
    },
    list: (path) => replay(recording.lists, path),
    readlink: (path) => replay(recording.links, path),
    stat: (path) => replay(recording.stats, path),
    writable: (path) => replay(recording.writable, path),
    run: (program, args) => replay(recording.programs, [program, ...args].join(' ')),
  };
}

export interface Recorder {
  readonly host: HostReader;
  /** Everything that was asked through `host` so far. */
  readonly recording: Recording;
}

export function recorder(host: HostReader): Recorder {
  const recording: Recording = {
    self: host.self(),
    files: {},
    lines: {},
    lists: {},
    links: {},
    stats: {},
    writable: {},
    programs: {},
  };
  const note = <T>(into: Record<string, Answer<T>>, key: string, result: Result<T>): Result<T> => {
    into[key] = result.ok ? { value: result.value } : { errno: result.errno };
    return result;
  };
  return {
    recording,
    host: {
      origin: host.origin,
      self: () => recording.self,
      read: (path, maxBytes) => {
        const result = host.read(path, maxBytes);
        return note(
          recording.files,
          path,
          result.ok ? { ok: true, value: redact(path, result.value) } : result,
        );
      },
      leadingLines: (path, keep) => note(recording.lines, path, host.leadingLines(path, keep)),
      list: (path) => note(recording.lists, path, host.list(path)),
      readlink: (path) => note(recording.links, path, host.readlink(path)),
      stat: (path) => note(recording.stats, path, host.stat(path)),
      writable: (path) => note(recording.writable, path, host.writable(path)),
      run: (program, args) => note(recording.programs, [program, ...args].join(' '), host.run(program, args)),
    },
  };
}
