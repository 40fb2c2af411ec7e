/** Looking things up in the tree of configuration files. */
import type { FileTree, TreeEntry } from '../model/file-tree.ts';

export type { FileTree, TreeDirectory, TreeEntry } from '../model/file-tree.ts';

export const EMPTY_TREE: FileTree = { directories: [], files: {} };

export function entriesOf(tree: FileTree, directory: string): readonly TreeEntry[] {
  return tree.directories.find((d) => d.path === directory)?.entries ?? [];
}

/** The text a program gets when it opens and reads the entry; null when it gets an error or waits. */
export function textOf(entry: TreeEntry): string | null {
  if (entry.kind === 'file' || entry.kind === 'symlink') return entry.text;
  return entry.kind === 'dev-null' ? '' : null;
}

/** The errno that open(2) or the first read(2) gives; null when neither fails. */
export function errnoOf(entry: TreeEntry): string | null {
  switch (entry.kind) {
    case 'dangling':
      return 'ENOENT';
    case 'directory':
      return 'EISDIR';
    case 'unreadable':
      return entry.errno;
    default:
      return null;
  }
}

/** strcmp: the order of names as bytes, which is not JavaScript's order for characters above U+FFFF. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/** Surrogates are halves of characters above U+FFFF, whose first byte is the highest there is. */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
