/** Which files pam_limits reads: limits.conf, then limits.d, with the vendor's copies where a distribution has them. */
import { compareBytes, entriesOf, type FileTree, type TreeEntry } from './tree.ts';

export const LIMITS_CONF = '/etc/security/limits.conf';
export const LIMITS_DIRECTORY = '/etc/security/limits.d';
/** Used by distributions that build Linux-PAM with a vendor directory; Debian does not. */
export const VENDOR_LIMITS_CONF = '/usr/etc/security/limits.conf';
export const VENDOR_LIMITS_DIRECTORY = '/usr/etc/security/limits.d';

export interface LimitsFile {
  readonly path: string;
  readonly entry: TreeEntry;
  /** True for limits.conf itself. */
  readonly main: boolean;
}

export function limitsFiles(tree: FileTree): readonly LimitsFile[] {
  const own = tree.files[LIMITS_CONF];
  const vendor = tree.files[VENDOR_LIMITS_CONF];
  const missing: TreeEntry = { name: 'limits.conf', kind: 'dangling', target: '' };
  const main =
    own === undefined && vendor !== undefined
      ? { path: VENDOR_LIMITS_CONF, entry: vendor, main: true }
      : { path: LIMITS_CONF, entry: own ?? missing, main: true };
  const found = new Map<string, LimitsFile>();
  for (const directory of [LIMITS_DIRECTORY, VENDOR_LIMITS_DIRECTORY]) {
    for (const entry of entriesOf(tree, directory)) {
      // glob(3) `*.conf`: hidden files do not match.
      if (!entry.name.endsWith('.conf') || entry.name.startsWith('.') || found.has(entry.name)) continue;
      found.set(entry.name, { path: `${directory}/${entry.name}`, entry, main: false });
    }
  }
  return [main, ...[...found.values()].sort((a, b) => compareBytes(a.entry.name, b.entry.name))];
}
