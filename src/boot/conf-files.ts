/** Which files a loader reads, and in which order: directories, masking by name, what is left out and why. */
import { aboutFile, type Complaint } from './complaint.ts';
import { compareBytes, entriesOf, type FileTree, type TreeEntry } from './tree.ts';

export interface ConfFile {
  readonly path: string;
  readonly entry: TreeEntry;
}

export interface MaskedFile extends ConfFile {
  /** The file of the same name in a higher directory that is read (or reads as nothing) instead. */
  readonly by: string;
}

export interface ConfFiles {
  /** In the order they are read. */
  readonly read: readonly ConfFile[];
  readonly masked: readonly MaskedFile[];
  /** Files that the loader passes over, with the reason. */
  readonly complaints: readonly Complaint[];
}

export interface ConfRules {
  /** Highest precedence first. */
  readonly directories: readonly string[];
  /** Does the loader read `.50-x.conf`? systemd does not, procps does. */
  readonly hidden: boolean;
}

const SUFFIX = '.conf';
const CONF_DIRECTORIES = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'] as const;

/** /etc/NAME, /run/NAME, /usr/local/lib/NAME, /usr/lib/NAME, /lib/NAME: of one name, the first found is read. */
export function confDirectories(name: string): readonly string[] {
  return CONF_DIRECTORIES.map((directory) => `${directory}/${name}`);
}

export function confFiles(tree: FileTree, rules: ConfRules): ConfFiles {
  const chosen = new Map<string, ConfFile>();
  const masked: MaskedFile[] = [];
  const complaints: Complaint[] = [];
  for (const directory of rules.directories) {
    for (const entry of entriesOf(tree, directory)) {
      const path = `${directory}/${entry.name}`;
      if (!entry.name.endsWith(SUFFIX)) {
        if (looksMeant(entry)) complaints.push(aboutFile('wrong-suffix', 'info', path));
      } else if (entry.name.startsWith('.') && !rules.hidden) {
        complaints.push(aboutFile('hidden-file', 'warning', path));
      } else {
        const higher = chosen.get(entry.name);
        if (higher === undefined) chosen.set(entry.name, { path, entry });
        else masked.push({ path, entry, by: higher.path });
      }
    }
  }
  const read = [...chosen.entries()].sort(([a], [b]) => compareBytes(a, b)).map(([, file]) => file);
  return { read, masked, complaints };
}

/** A file that holds settings and is not read because of its name; READMEs and package leftovers are no news. */
function looksMeant(entry: TreeEntry): boolean {
  if (entry.kind !== 'file' && entry.kind !== 'symlink') return false;
  if (/^README|~$|\.(rpm|dpkg|ucf)[-a-z]*$/.test(entry.name)) return false;
  return entry.text.split('\n').some((line) => /^\s*[^#;\s].*\S/.test(line));
}
