/** The [sysctl] section of TuneD's active profile, with the profiles it includes. */
import type { ConfigLine } from '../model/snapshot.ts';
import { pathOfKey } from './key-space.ts';
import type { LateSetting } from './late-writers.ts';
import { type FileTree, textOf } from './tree.ts';

/** Where TuneD looks for NAME/tuned.conf, the administrator's first. */
export const TUNED_DIRECTORIES = [
  '/etc/tuned/profiles',
  '/etc/tuned',
  '/usr/lib/tuned/profiles',
  '/usr/lib/tuned',
] as const;

const MAX_DEPTH = 20;

/** Later profiles, and a profile over what it includes, win; `>N` and `<N` stay in the value. */
export function tunedSettings(tree: FileTree, profiles: readonly string[]): readonly LateSetting[] {
  const settings = new Map<string, LateSetting>();
  for (const name of profiles) collect(tree, name, settings, new Set());
  return [...settings.values()];
}

/** Names of the profiles whose files are needed for `text`, the tuned.conf of some profile. */
export function includedProfiles(text: string): readonly string[] {
  const include = /^\s*include\s*=\s*(.+)$/m.exec(text)?.[1] ?? '';
  return include.split(/[\s,]+/).filter((name) => /^[\w.-]+$/.test(name));
}

function collect(tree: FileTree, name: string, settings: Map<string, LateSetting>, seen: Set<string>): void {
  const file = TUNED_DIRECTORIES.map((d) => `${d}/${name}/tuned.conf`).find(
    (path) => tree.files[path] !== undefined,
  );
  const entry = file === undefined ? undefined : tree.files[file];
  const text = entry === undefined ? null : textOf(entry);
  if (file === undefined || text === null || seen.has(name) || seen.size > MAX_DEPTH) return;
  seen.add(name);
  for (const included of includedProfiles(text)) collect(tree, included, settings, seen);
  let section = '';
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    const match = section === 'sysctl' ? /^([^#;=\s][^=]*?)\s*=\s*(.*)$/.exec(line) : null;
    if (match === null || /^(type|devices|enabled|replace|drop)$/.test(match[1] ?? '')) continue;
    const at: ConfigLine = { file, line: i + 1, text: line };
    const path = pathOfKey(match[1] ?? '');
    settings.set(path, { path, value: match[2] ?? '', at });
  }
}
