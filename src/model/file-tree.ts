/**
 * A plain, JSON-able description of the configuration files of a host: what the boot models read.
 * `gather/boot-files.ts` fills it through the host reader, a capture carries it, tests write it as a literal.
 */

export type TreeEntry =
  /** A regular file; `text` is its content, undecodable bytes as U+FFFD. */
  | { readonly name: string; readonly kind: 'file'; readonly text: string }
  /** A symlink that ends at a regular file; `text` is that file's content, `target` what readlink says. */
  | { readonly name: string; readonly kind: 'symlink'; readonly target: string; readonly text: string }
  | { readonly name: string; readonly kind: 'dangling'; readonly target: string }
  /** A symlink to /dev/null: reads as empty, and hides a file of the same name in a lower directory. */
  | { readonly name: string; readonly kind: 'dev-null' }
  | { readonly name: string; readonly kind: 'directory' }
  /** A FIFO, socket or device, or a symlink to one: a program that opens it may wait for ever. */
  | { readonly name: string; readonly kind: 'other' }
  /** `errno` is EACCES, ELOOP, EFBIG (over the reader's size limit), EIO … */
  | { readonly name: string; readonly kind: 'unreadable'; readonly errno: string };

export interface TreeDirectory {
  /** As the programs name it, `/etc/sysctl.d`. */
  readonly path: string;
  readonly entries: readonly TreeEntry[];
}

export interface FileTree {
  /** Directories that exist; the order has no meaning, each model looks up the ones it reads. */
  readonly directories: readonly TreeDirectory[];
  /** Single files such as /etc/sysctl.conf, by full path; one that does not exist is left out. */
  readonly files: Readonly<Record<string, TreeEntry>>;
}
