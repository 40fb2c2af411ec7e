/**
 * Which services open their sessions through pam_limits: the files of /etc/pam.d, followed through `@include` (a
 * Debian patch: the whole file), `include` and `substack` (the lines of one type).
 */
import type { ConfigLine } from '../model/snapshot.ts';
import { compareBytes, entriesOf, type FileTree, textOf } from './tree.ts';

/** The first directory that has the service's file wins. */
export const PAM_DIRECTORIES = ['/etc/pam.d', '/usr/lib/pam.d', '/usr/etc/pam.d'] as const;

export interface PamService {
  readonly service: string;
  /** The line that calls pam_limits for sessions; null when none does: limits.conf means nothing to this service. */
  readonly at: ConfigLine | null;
  /** Its arguments: `conf=FILE` reads that file and no limits.d, `set_all` starts from the limits of process 1. */
  readonly args: readonly string[];
  /** `required`, `[success=ok default=bad]` …; with `optional` a failure refuses nothing. */
  readonly control: string | null;
}

const MAX_DEPTH = 32;

/** Every service that has a file, in byte order. */
export function pamServices(tree: FileTree): readonly PamService[] {
  const names = new Set(PAM_DIRECTORIES.flatMap((d) => entriesOf(tree, d).map((entry) => entry.name)));
  const services = [...names].filter(
    (name) => !name.startsWith('.') && !/\.(dpkg|rpm|ucf)[-a-z]*$|~$/.test(name),
  );
  return services.sort(compareBytes).map((service) => pamService(tree, service));
}

/** One service; like PAM itself it falls back to `other` when the service has no file. */
export function pamService(tree: FileTree, service: string): PamService {
  const name = fileOf(tree, service) === null ? 'other' : service;
  const found = search(tree, name, null, 0, new Set());
  return { service, at: found?.at ?? null, args: found?.args ?? [], control: found?.control ?? null };
}

interface Found {
  readonly at: ConfigLine;
  readonly args: readonly string[];
  readonly control: string;
}

function search(
  tree: FileTree,
  service: string,
  only: string | null,
  depth: number,
  open: Set<string>,
): Found | null {
  const file = fileOf(tree, service);
  if (file === null || depth > MAX_DEPTH || open.has(service)) return null;
  open.add(service);
  try {
    for (const at of logicalLines(file.path, file.text)) {
      const found = inLine(tree, at, only, depth, open);
      if (found !== null) return found;
    }
    return null;
  } finally {
    open.delete(service);
  }
}

function inLine(
  tree: FileTree,
  at: ConfigLine,
  only: string | null,
  depth: number,
  open: Set<string>,
): Found | null {
  const [first = '', ...rest] = words(at.text);
  if (first === '@include') return search(tree, baseName(rest[0] ?? ''), only, depth + 1, open);
  const type = first.replace(/^-/, '').toLowerCase();
  if (type !== 'session' || (only !== null && only !== type)) return null;
  const [control = '', module = '', ...args] = rest;
  if (control === 'include' || control === 'substack') {
    return search(tree, baseName(module), 'session', depth + 1, open);
  }
  return /(^|\/)pam_limits(\.so)?$/.test(module) ? { at, args, control } : null;
}

function fileOf(tree: FileTree, service: string): { path: string; text: string } | null {
  for (const directory of PAM_DIRECTORIES) {
    const entry = entriesOf(tree, directory).find((e) => e.name === service.toLowerCase());
    const text = entry === undefined ? null : textOf(entry);
    if (text !== null) return { path: `${directory}/${service.toLowerCase()}`, text };
  }
  return null;
}

/** Lines without comments, a backslash at the end joining the next one; numbered by their first. */
function logicalLines(file: string, text: string): readonly ConfigLine[] {
  const lines: ConfigLine[] = [];
  let held: { line: number; parts: string[] } | null = null;
  for (const [i, raw] of text.split('\n').entries()) {
    const bare = raw.replace(/(^|\s)#.*$/, '').trimEnd();
    const joins = bare.endsWith('\\');
    held ??= { line: i + 1, parts: [] };
    held.parts.push(joins ? bare.slice(0, -1) : bare);
    if (joins) continue;
    const whole = held.parts.join(' ').trim();
    if (whole !== '') lines.push({ file, line: held.line, text: whole });
    held = null;
  }
  return lines;
}

/** `[success=ok default=bad]` is one word. */
function words(text: string): readonly string[] {
  return text.match(/\[[^\]]*\]|\S+/g) ?? [];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
