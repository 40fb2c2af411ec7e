/** The files that are there at the places tune writes to: what a plan is compared with. */
import type { HostReader } from '../host/reader.ts';
import { MARK, OUR_NAME } from '../model/managed-file.ts';
import { isTarget } from './paths.ts';

/** Path → text of every file of ours, and of anything that stands at one of our names, to be refused. */
export function existingFiles(host: HostReader, directories: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const directory of directories) {
    const names = host.list(directory);
    for (const name of names.ok ? names.value : []) {
      const path = `${directory}/${name}`;
      if (!isTarget(path)) continue;
      const text = host.read(path);
      if (text.ok && (text.value.startsWith(MARK) || OUR_NAME.test(name))) found.set(path, text.value);
    }
  }
  return found;
}
