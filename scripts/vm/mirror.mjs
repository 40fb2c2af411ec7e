/**
 * Where this machine gets Debian packages from. The images use the same mirror, so that they can be built wherever
 * apt works; TUNE_VM_MIRROR overrides it (on a machine that is not Debian there is none to find).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Entries of a one-line-style list (sources.list(5)).
 * @returns {{ uris: string[], suites: string[], components: string[] }[]}
 */
export function parseListFile(text) {
  const entries = [];
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    if (match === null) continue;
    const [, uri, suite, rest] = match;
    entries.push({ uris: [uri], suites: [suite], components: rest.split(/\s+/).filter(Boolean) });
  }
  return entries;
}

/** Entries of a deb822-style `.sources` file; disabled stanzas are left out. */
export function parseSourcesFile(text) {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  const entries = [];
  for (const stanza of withoutComments.split(/\n\s*\n/)) {
    const unfolded = stanza.replace(/\n[ \t]+/g, ' ');
    const words = (name) => {
      const match = new RegExp(`^${name}:(.*)$`, 'im').exec(unfolded);
      return match === null ? [] : match[1].split(/\s+/).filter(Boolean);
    };
    if (!words('Types').includes('deb') || /^(no|false|0)$/i.test(words('Enabled')[0] ?? '')) continue;
    entries.push({ uris: words('URIs'), suites: words('Suites'), components: words('Components') });
  }
  return entries;
}

function readEntries(aptFolder) {
  const entries = [];
  const add = (path, parse) => {
    try {
      entries.push(...parse(readFileSync(path, 'utf8')));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  };
  add(join(aptFolder, 'sources.list'), parseListFile);
  for (const name of readdirSync(join(aptFolder, 'sources.list.d')).sort()) {
    const parse = name.endsWith('.sources') ? parseSourcesFile : parseListFile;
    if (/\.(sources|list)$/.test(name)) add(join(aptFolder, 'sources.list.d', name), parse);
  }
  return entries;
}

/** The URI of the Debian archive that apt is configured with. Throws when there is none. */
export function findMirror(aptFolder = '/etc/apt', osRelease = '/etc/os-release') {
  if (process.env.TUNE_VM_MIRROR) return process.env.TUNE_VM_MIRROR;
  const release = readFileSync(osRelease, 'utf8');
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1];
  if (/^ID=debian$/m.test(release)) {
    const suites = [codename, 'stable', 'testing', 'unstable', 'sid'];
    const entry = readEntries(aptFolder).find(
      ({ suites: offered, components }) =>
        components.includes('main') && offered.some((suite) => suites.includes(suite)),
    );
    if (entry?.uris[0] !== undefined) return entry.uris[0];
  }
  throw new Error('no Debian mirror in the apt sources of this machine: set TUNE_VM_MIRROR to one');
}
