/** Which keys exist below /proc/sys: what explicit settings hit, what globs expand to. */
import { type PathNode, step } from './glob.ts';

export interface SysctlKey {
  /** Below /proc/sys, `net/ipv4/conf/eth0.100/rp_filter`; with a slash at the end it is a directory. */
  readonly path: string;
  /** Permission bits; 0o644 for most keys. */
  readonly mode: number;
}

export interface KeyNode extends PathNode {
  readonly parent: KeyNode | null;
  readonly children: Map<string, KeyNode> | null;
  readonly name: string;
  readonly mode: number;
}

export interface KeySpace {
  /** `/`: it has only `proc`, and that only `sys`, so that `..` can climb out and come back. */
  readonly root: KeyNode;
  readonly sys: KeyNode;
  /**
   * True when the list is not the whole truth (an image, another machine): an explicit key that is not listed counts
   * as existing. Globs still expand only over what is listed.
   */
  readonly open: boolean;
}

export function keySpace(keys: readonly SysctlKey[], open = false): KeySpace {
  const root = directory(null, '');
  const sys = child(child(root, 'proc'), 'sys');
  for (const { path, mode } of keys) {
    const names = path.split('/');
    const last = names.pop() ?? '';
    const parent = names.reduce((node, name) => child(node, name), sys);
    if (last !== '') parent.children?.set(last, { parent, children: null, name: last, mode });
  }
  return { root, sys, open };
}

function directory(parent: KeyNode | null, name: string): KeyNode {
  return { parent, children: new Map(), name, mode: 0o555 };
}

function child(node: KeyNode, name: string): KeyNode {
  const known = node.children?.get(name);
  if (known) return known;
  const made = directory(node, name);
  node.children?.set(name, made);
  return made;
}

export type Lookup =
  /** `path` is the canonical one, below /proc/sys. */
  | { readonly kind: 'file'; readonly path: string; readonly mode: number }
  | { readonly kind: 'directory'; readonly outside: boolean }
  | { readonly kind: 'absent'; readonly errno: 'ENOENT' | 'ENOTDIR' | 'ENAMETOOLONG' };

const NAME_MAX = 255;

/** Resolves a full path as the kernel does, component by component. */
export function lookUp(space: KeySpace, fullPath: string): Lookup {
  let node = space.root;
  for (const name of fullPath.split('/')) {
    if (Buffer.byteLength(name) > NAME_MAX) return { kind: 'absent', errno: 'ENAMETOOLONG' };
    if (node.children === null) return { kind: 'absent', errno: 'ENOTDIR' };
    const next = step(node, name) as KeyNode | null;
    if (next === null) {
      const path = space.open ? normalized(fullPath) : null;
      return path === null ? { kind: 'absent', errno: 'ENOENT' } : { kind: 'file', path, mode: 0o644 };
    }
    node = next;
  }
  if (node.children === null) return { kind: 'file', path: pathOf(space, node), mode: node.mode };
  return { kind: 'directory', outside: node === space.sys || !isBelow(space, node) };
}

/** The path below /proc/sys when it is a plain one; null when it climbs or ends in a slash. */
function normalized(fullPath: string): string | null {
  const rest = /^\/proc\/sys\/(.+)$/.exec(fullPath)?.[1];
  return rest === undefined || rest.split('/').some((n) => n === '' || n === '.' || n === '..') ? null : rest;
}

function isBelow(space: KeySpace, node: KeyNode): boolean {
  for (let at: KeyNode | null = node; at !== null; at = at.parent) if (at === space.sys) return true;
  return false;
}

function pathOf(space: KeySpace, node: KeyNode): string {
  const names: string[] = [];
  for (let at = node; at.parent !== null && at !== space.sys; at = at.parent) names.unshift(at.name);
  return names.join('/');
}

/** The usual spelling of a path: dots between names, a dot inside a name as a slash (`net.ipv4.conf.eth0/100.rp_filter`). */
export function keyOfPath(path: string): string {
  return path.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
}

/** The inverse of `keyOfPath`, under the loaders' rule: the first separator decides. */
export function pathOfKey(key: string): string {
  return /^[^./]*\./.test(key) ? keyOfPath(key) : key;
}
