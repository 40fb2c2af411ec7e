/**
 * The files that decide what the next boot sets, read through the host's door into the plain tree that `boot` models.
 * Everything is bounded: file size by the reader, entries per directory and symlink hops here.
 */
import { posix } from 'node:path';
import { LOADED_CONNTRACK } from '../boot/late-modules.ts';
import { LATE_WRITER_FILES } from '../boot/late-writers.ts';
import {
  LIMITS_CONF,
  LIMITS_DIRECTORY,
  VENDOR_LIMITS_CONF,
  VENDOR_LIMITS_DIRECTORY,
} from '../boot/limits-files.ts';
import { PAM_DIRECTORIES } from '../boot/pam-stack.ts';
import { INIT_LIMITS } from '../boot/systemd-limits.ts';
import { SYSCTL_CONF, SYSCTL_CREDENTIALS } from '../boot/systemd-sysctl.ts';
import type { FileTree, TreeDirectory, TreeEntry } from '../boot/tree.ts';
import { includedProfiles, TUNED_DIRECTORIES } from '../boot/tuned.ts';
import { dropInDirectories, UNIT_DIRECTORIES } from '../boot/unit-files.ts';
import type { HostReader } from '../host/reader.ts';

export interface BootFilesOptions {
  /** Read an image or a mounted disk: symlinks, absolute ones too, stay below it. '' is the running host. */
  readonly root?: string;
  /** Units whose own limits are asked for; those that open sessions are always read. */
  readonly units?: readonly string[];
}

const CONF_PARENTS = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'] as const;
const CONF_NAMES = ['sysctl.d', 'modules-load.d', 'systemd/system.conf.d', 'systemd/user.conf.d'] as const;
const SESSION_UNITS = [
  'ssh.service',
  'sshd.service',
  'getty@tty1.service',
  'cron.service',
  'crond.service',
  'user@.service',
];
const WANTS = [
  'multi-user.target.wants',
  'sysinit.target.wants',
  'network-pre.target.wants',
  'network.target.wants',
];

/** A directory of drop-ins with more entries than this is cut; no real one comes near. */
const MAX_ENTRIES = 2_000;
const MAX_HOPS = 40;

export function readBootFiles(reader: HostReader, options: BootFilesOptions = {}): FileTree {
  const door = new Door(reader, options.root ?? '');
  const units = [...SESSION_UNITS, ...(options.units ?? [])];
  const directories = [
    ...CONF_NAMES.flatMap((name) => CONF_PARENTS.map((parent) => `${parent}/${name}`)),
    ...[LIMITS_DIRECTORY, VENDOR_LIMITS_DIRECTORY, ...PAM_DIRECTORIES],
    ...units.flatMap(dropInDirectories),
    ...UNIT_DIRECTORIES.flatMap((directory) => WANTS.map((wants) => `${directory}/${wants}`)),
  ];
  const files = [
    ...[SYSCTL_CONF, ...SYSCTL_CREDENTIALS, LIMITS_CONF, VENDOR_LIMITS_CONF, ...LATE_WRITER_FILES],
    ...[LOADED_CONNTRACK, INIT_LIMITS],
    ...['system.conf', 'user.conf'].flatMap((name) =>
      CONF_PARENTS.slice(0, 4).map((parent) => `${parent}/systemd/${name}`),
    ),
  ];
  const read: Record<string, TreeEntry> = {};
  for (const path of files) addFile(door, read, path);
  addIptSysctl(door, read);
  addTuned(door, read);
  return {
    directories: [
      ...[...new Set(directories)].flatMap((path) => door.directory(path)),
      ...UNIT_DIRECTORIES.flatMap((path) => door.named(path, unitNames(units))),
    ],
    files: read,
  };
}

function addFile(door: Door, read: Record<string, TreeEntry>, path: string): void {
  const entry = door.entry(path);
  if (entry !== null) read[path] = entry;
}

/** ufw may be told to read another file than its own. */
function addIptSysctl(door: Door, read: Record<string, TreeEntry>): void {
  const entry = read['/etc/default/ufw'];
  const text = entry?.kind === 'file' || entry?.kind === 'symlink' ? entry.text : '';
  const file = /^\s*IPT_SYSCTL=["']?(\/[^"'\s#]+)/m.exec(text)?.[1];
  if (file !== undefined) addFile(door, read, file);
}

/** The active profile of TuneD and what it includes, wherever each lies first. */
function addTuned(door: Door, read: Record<string, TreeEntry>): void {
  const active = read['/etc/tuned/active_profile'];
  const open = active?.kind === 'file' ? active.text.trim().split(/\s+/) : [];
  const seen = new Set<string>();
  for (let name = open.pop(); name !== undefined && seen.size < MAX_HOPS; name = open.pop()) {
    if (!/^[\w.-]+$/.test(name) || seen.has(name)) continue;
    seen.add(name);
    for (const directory of TUNED_DIRECTORIES) {
      const path = `${directory}/${name}/tuned.conf`;
      const entry = door.entry(path);
      if (entry === null) continue;
      read[path] = entry;
      if (entry.kind === 'file') open.push(...includedProfiles(entry.text));
      break;
    }
  }
}

function unitNames(units: readonly string[]): readonly string[] {
  const templates = units.map((unit) => unit.replace(/@[^.]+(?=\.)/, '@'));
  return [...new Set([...units, ...templates])];
}

/** The reader, kept below a root. */
class Door {
  readonly #reader: HostReader;
  readonly #root: string;
  #hops = 0;
  readonly #resolved = new Map<string, string | null>();

  constructor(reader: HostReader, root: string) {
    this.#reader = reader;
    this.#root = root.replace(/\/$/, '');
  }

  /** Nothing for a directory that does not exist, or that is another one under a second name (/lib → usr/lib). */
  directory(path: string): readonly TreeDirectory[] {
    const resolved = this.#isSecondName(path) ? null : this.#resolve(path);
    const names = resolved === null ? null : this.#reader.list(resolved);
    if (names === null || !names.ok) return [];
    const entries = names.value.slice(0, MAX_ENTRIES).flatMap((name) => this.entry(`${path}/${name}`) ?? []);
    return [{ path, entries }];
  }

  /** Only these entries of a directory that may be large. */
  named(path: string, names: readonly string[]): readonly TreeDirectory[] {
    const entries = this.#isSecondName(path)
      ? []
      : names.flatMap((name) => this.entry(`${path}/${name}`) ?? []);
    return entries.length === 0 ? [] : [{ path, entries }];
  }

  #isSecondName(path: string): boolean {
    return path.startsWith('/lib/') && this.#resolve('/lib') !== `${this.#root}/lib`;
  }

  /** Null when there is nothing of that name. */
  entry(path: string): TreeEntry | null {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const parent = this.#resolve(path.slice(0, path.lastIndexOf('/')));
    if (parent === null) return null;
    const own = `${parent}/${name}`;
    const stat = this.#reader.stat(own);
    if (!stat.ok)
      return stat.errno === 'ENOENT' || stat.errno === 'ENOTDIR'
        ? null
        : { name, kind: 'unreadable', errno: stat.errno };
    if (stat.value.kind === 'directory') return { name, kind: 'directory' };
    if (stat.value.kind === 'other') return { name, kind: 'other' };
    if (stat.value.kind === 'file') return this.#file(name, own);
    return this.#symlink(name, path, own);
  }

  #file(name: string, own: string): TreeEntry {
    const text = this.#reader.read(own);
    return text.ok
      ? { name, kind: 'file', text: text.value }
      : { name, kind: 'unreadable', errno: text.errno };
  }

  #symlink(name: string, path: string, own: string): TreeEntry {
    const target = this.#reader.readlink(own);
    if (!target.ok) return { name, kind: 'unreadable', errno: target.errno };
    // Images have no /dev, and the link means the same without it.
    if (posix.resolve(posix.dirname(path), target.value) === '/dev/null') return { name, kind: 'dev-null' };
    const resolved = this.#resolve(path);
    if (resolved === null) {
      if (this.#hops > MAX_HOPS) return { name, kind: 'unreadable', errno: 'ELOOP' };
      return { name, kind: 'dangling', target: target.value };
    }
    if (resolved === `${this.#root}/dev/null`) return { name, kind: 'dev-null' };
    const end = this.#reader.stat(resolved);
    if (!end.ok)
      return end.errno === 'ENOENT' || end.errno === 'ENOTDIR'
        ? { name, kind: 'dangling', target: target.value }
        : { name, kind: 'unreadable', errno: end.errno };
    if (end.value.kind === 'directory') return { name, kind: 'directory' };
    if (end.value.kind !== 'file') return { name, kind: 'other' };
    const text = this.#reader.read(resolved);
    return text.ok
      ? { name, kind: 'symlink', target: target.value, text: text.value }
      : { name, kind: 'unreadable', errno: text.errno };
  }

  /**
   * The path with every symlink followed, below the root; '' for the root itself. Null when a part of it does not
   * exist or when, like the kernel, it meets more than 40 symlinks (`#hops` then says so).
   */
  #resolve(path: string): string | null {
    const known = this.#resolved.get(path);
    if (known !== undefined) return known;
    this.#hops = 0;
    const found = this.#follow(path);
    this.#resolved.set(path, found);
    return found;
  }

  #follow(path: string): string | null {
    if (path === '' || path === '/') return this.#root;
    const slash = path.lastIndexOf('/');
    const parent = this.#resolved.get(path.slice(0, slash)) ?? this.#follow(path.slice(0, slash));
    const name = path.slice(slash + 1);
    if (parent === null || name === '' || name === '.') return parent;
    if (name === '..') return parent === this.#root ? parent : parent.slice(0, parent.lastIndexOf('/'));
    const link = this.#reader.readlink(`${parent}/${name}`);
    if (!link.ok) return this.#reader.stat(`${parent}/${name}`).ok ? `${parent}/${name}` : null;
    if (++this.#hops > MAX_HOPS) return null;
    const below = parent.slice(this.#root.length);
    return this.#follow(link.value.startsWith('/') ? link.value : `${below}/${link.value}`);
  }
}
