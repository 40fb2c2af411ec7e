/** The lines of the sysctl.d files and /etc/sysctl.conf, for rules that look at what is written there. */
import { type ConfFile, confDirectories, confFiles } from '../boot/conf-files.ts';
import { SYSCTL_CONF } from '../boot/systemd-sysctl.ts';
import { textOf } from '../boot/tree.ts';
import type { FileTree } from '../model/file-tree.ts';
import type { ConfigLine } from '../model/snapshot.ts';

/** Files in the order in which they are applied: sorted by name across folders, /etc/sysctl.conf last. */
export function configLines(tree: FileTree): readonly ConfigLine[] {
  const { read } = confFiles(tree, { directories: confDirectories('sysctl.d'), hidden: false });
  const main = tree.files[SYSCTL_CONF];
  const last = main === undefined ? [] : [{ path: SYSCTL_CONF, entry: main }];
  return [...read, ...last].flatMap(linesOf);
}

function linesOf({ path, entry }: ConfFile): readonly ConfigLine[] {
  return (textOf(entry) ?? '')
    .split('\n')
    .map((line, i) => ({ file: path, line: i + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !/^[#;]/.test(line.text));
}
