/** Literals for the boot models' tests. */
import { type KeySpace, keySpace } from '../../src/boot/key-space.ts';
import type { FileTree, TreeEntry } from '../../src/boot/tree.ts';

/** A tree of regular files by full path; an entry instead of a text for everything else. */
export function tree(files: Readonly<Record<string, string | TreeEntry>>): FileTree {
  const directories = new Map<string, TreeEntry[]>();
  const singles: Record<string, TreeEntry> = {};
  for (const [path, content] of Object.entries(files)) {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    const entry: TreeEntry = typeof content === 'string' ? { name, kind: 'file', text: content } : content;
    singles[path] = entry;
    directories.set(path.slice(0, slash), [...(directories.get(path.slice(0, slash)) ?? []), entry]);
  }
  return { directories: [...directories].map(([path, entries]) => ({ path, entries })), files: singles };
}

export const PATHS = [
  'net/core/somaxconn',
  'net/ipv4/tcp_rmem',
  'net/ipv4/ip_local_port_range',
  'net/ipv4/ip_local_reserved_ports',
  'net/netfilter/nf_conntrack_max',
  ...['all', 'default', 'lo', 'eth0.100', 'v1'].flatMap((device) =>
    ['rp_filter', 'arp_announce'].map((leaf) => `net/ipv4/conf/${device}/${leaf}`),
  ),
];

export const KEYS: KeySpace = keySpace([
  ...PATHS.map((path) => ({ path, mode: 0o644 })),
  { path: 'net/ipv4/tcp_ehash_entries', mode: 0o444 },
  { path: 'net/ipv4/route/flush', mode: 0o200 },
]);
