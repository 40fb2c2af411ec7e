/** Every key that the files name, as patterns below /proc/sys: what has to be looked up on the host, and no more. */
import { confDirectories, confFiles } from './conf-files.ts';
import { expandBraces } from './glob.ts';
import { readSysctlFile } from './sysctl-files.ts';
import { SYSCTL_CONF, SYSCTL_CREDENTIALS } from './systemd-sysctl.ts';
import type { FileTree } from './tree.ts';

/** More than any host has; a file with more distinct keys is noise. */
export const MAX_PATTERNS = 50_000;

/** Distinct patterns, braces expanded; paths with `..` are left out. */
export function keyPatterns(tree: FileTree): readonly string[] {
  const patterns = new Set<string>();
  const seen = new Set<string>();
  for (const pattern of mentioned(tree)) {
    if (seen.has(pattern)) continue;
    seen.add(pattern);
    for (const one of expandBraces(pattern) ?? []) {
      for (const spelling of [one, dottedInterface(one)]) {
        if (spelling === null || spelling.split('/').includes('..')) continue;
        patterns.add(spelling);
        if (patterns.size >= MAX_PATTERNS) return [...patterns];
      }
    }
  }
  return [...patterns];
}

function* mentioned(tree: FileTree): Generator<string> {
  const { read, masked } = confFiles(tree, { directories: confDirectories('sysctl.d'), hidden: true });
  const singles = [SYSCTL_CONF, ...SYSCTL_CREDENTIALS].flatMap((path) => {
    const entry = tree.files[path];
    return entry === undefined ? [] : [{ path, entry }];
  });
  for (const file of [...read, ...masked, ...singles]) {
    for (const grammar of ['systemd', 'procps'] as const) {
      for (const { setting } of readSysctlFile(grammar, file).settings) {
        yield setting.path
          .split('/')
          .filter((part) => part !== '' && part !== '.')
          .join('/');
      }
    }
  }
}

/** `net/ipv4/conf/eth0/100/rp_filter` as it was meant, so that the slip can be told from an unknown key. */
function dottedInterface(path: string): string | null {
  const match = /^(net\/ipv[46]\/(?:conf|neigh)\/)([^*?[]+\/[^*?[]+)\/([^/]+)$/.exec(path);
  return match === null ? null : `${match[1]}${match[2]?.replaceAll('/', '.')}/${match[3]}`;
}
