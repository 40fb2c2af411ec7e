/** Which of the keys that the files name exist here, with their modes: a walk of /proc/sys along the patterns only. */
import { compileName } from '../boot/fnmatch.ts';
import type { SysctlKey } from '../boot/key-space.ts';
import type { FileStat, HostReader } from '../host/reader.ts';

/** More than a host with a thousand interfaces has. */
const MAX_KEYS = 100_000;
const SYS = '/proc/sys';

/** @param patterns of `keyPatterns`. Directories that a pattern ends in are listed with a slash at the end. */
export function probeKeys(reader: HostReader, patterns: readonly string[]): readonly SysctlKey[] {
  const walk = new Walk(reader);
  for (const pattern of patterns) walk.follow(pattern);
  return [...walk.keys.values()];
}

class Walk {
  readonly keys = new Map<string, SysctlKey>();
  readonly #reader: HostReader;
  readonly #names = new Map<string, readonly string[]>();
  readonly #stats = new Map<string, FileStat | null>();

  constructor(reader: HostReader) {
    this.#reader = reader;
  }

  follow(pattern: string): void {
    let found = [''];
    for (const part of pattern.split('/')) {
      found = /[*?[\\]/.test(part) ? this.#matching(found, part) : found.map((path) => `${path}/${part}`);
      if (found.length > MAX_KEYS) return;
    }
    for (const path of found) this.#add(path);
  }

  #matching(directories: readonly string[], part: string): string[] {
    const matches = compileName(part, 'character');
    return directories.flatMap((path) =>
      this.#list(path)
        .filter(matches)
        .map((name) => `${path}/${name}`),
    );
  }

  #add(path: string): void {
    const stat = this.#stat(path);
    if (stat === null || this.keys.size >= MAX_KEYS) return;
    const key = stat.kind === 'directory' ? `${path.slice(1)}/` : path.slice(1);
    this.keys.set(key, { path: key, mode: stat.mode & 0o777 });
  }

  #stat(path: string): FileStat | null {
    const known = this.#stats.get(path);
    if (known !== undefined) return known;
    const stat = this.#reader.stat(`${SYS}${path}`);
    const found = stat.ok ? stat.value : null;
    this.#stats.set(path, found);
    return found;
  }

  #list(path: string): readonly string[] {
    const known = this.#names.get(path);
    if (known !== undefined) return known;
    const names = this.#reader.list(`${SYS}${path}`);
    const found = names.ok ? names.value : [];
    this.#names.set(path, found);
    return found;
  }
}
