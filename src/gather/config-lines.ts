/** The lines of the sysctl.d files and /etc/sysctl.conf, for rules that look at what is written there. */
import type { HostReader } from '../host/reader.ts';
import type { ConfigLine } from '../model/snapshot.ts';

/** Highest priority first; a file of the same name in a later folder is masked (sysctl.d(5)). */
const FOLDERS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d'] as const;

/** Files in the order in which they are applied: sorted by name across folders, /etc/sysctl.conf last. */
export function gatherConfigLines(host: HostReader): readonly ConfigLine[] {
  const byName = new Map<string, string>();
  for (const folder of FOLDERS) {
    const names = host.list(folder);
    for (const name of names.ok ? names.value : []) {
      if (name.endsWith('.conf') && !byName.has(name)) byName.set(name, `${folder}/${name}`);
    }
  }
  const sorted = [...byName.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const files = [...sorted.map((name) => byName.get(name) ?? ''), '/etc/sysctl.conf'];
  return files.flatMap((file) => linesOf(host, file));
}

function linesOf(host: HostReader, file: string): readonly ConfigLine[] {
  const text = host.read(file);
  if (!text.ok) return [];
  return text.value
    .split('\n')
    .map((line, i) => ({ file, line: i + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !/^[#;]/.test(line.text));
}
