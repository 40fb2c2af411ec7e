/**
 * A host in memory with the failure modes of a real one: every elementary operation that changes something can fail
 * with an errno, or be the last one before a SIGKILL. /proc/sys behaves as the kernel's handlers do.
 */
import type { Result } from '../../src/host/reader.ts';
import type { HostWriter, Inspection, ProgramResult, PutRequest } from '../../src/host/writer.ts';
import { interpretWrite, type WriteBounds } from '../../src/model/kernel-syntax.ts';
import { formatValue, parseValue, type Shape } from '../../src/model/value.ts';

export interface Node {
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly bytes: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: string;
  readonly links: number;
}

export interface Knob {
  readonly shape: Shape;
  readonly text: string;
  readonly bounds?: WriteBounds;
  /** What the kernel makes of a value it accepts: clamping, rounding. */
  readonly store?: (text: string) => string;
  /** Another knob that becomes 0 when this one is written. */
  readonly zeroes?: string;
}

export interface MemoryHostState {
  readonly nodes: Map<string, Node>;
  readonly knobs: Map<string, Knob>;
  /** Who holds the lock, if anybody. */
  lockedBy: string | null;
}

/** Thrown where the process would have died: the engine must not catch it. */
export class Killed extends Error {}

/** An errno, `kill` before the operation happens, or null. `n` counts the operations from 1. */
export type Fault = (operation: string, path: string, n: number) => string | null;

export interface MemoryWriterOptions {
  readonly uid?: number;
  readonly now?: () => number;
  readonly fault?: Fault;
  /** What access(2) says of a directory or key: an errno, or null. */
  readonly readOnly?: (path: string) => string | null;
  readonly programs?: (program: string, args: readonly string[]) => Partial<ProgramResult> | string;
}

export const DIRECTORY: Node = {
  kind: 'directory',
  bytes: '',
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime: '0',
  links: 2,
};

export function fileNode(text: string, parts: Partial<Node> = {}): Node {
  const bytes = Buffer.from(text).toString('base64');
  return { kind: 'file', bytes, mode: 0o644, uid: 0, gid: 0, mtime: '5000000000', links: 1, ...parts };
}

export function hostState(
  files: Readonly<Record<string, Node>> = {},
  knobs: Readonly<Record<string, Knob>> = {},
  directories: readonly string[] = ['/etc/sysctl.d', '/etc/security/limits.d', '/etc/systemd', '/var/lib'],
): MemoryHostState {
  const nodes = new Map<string, Node>([['/', DIRECTORY]]);
  for (const path of [...directories, ...Object.keys(files).map(parentOf)]) {
    for (let at = path; at !== '/'; at = parentOf(at)) nodes.set(at, DIRECTORY);
  }
  for (const [path, node] of Object.entries(files)) nodes.set(path, node);
  return { nodes, knobs: new Map(Object.entries(knobs)), lockedBy: null };
}

/** Everything but tune's own state, in a form that can be compared. */
export function picture(state: MemoryHostState): unknown {
  const outside = [...state.nodes]
    .filter(([path]) => !path.startsWith('/var/lib/tune'))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { nodes: outside, knobs: [...state.knobs].map(([path, { text }]) => [path, text]) };
}

const ok = <T>(value: T): Result<T> => ({ ok: true, value });
const fail = (errno: string) => ({ ok: false, errno }) as const;
const DONE = ok(true as const);

export function memoryWriter(
  state: MemoryHostState,
  options: MemoryWriterOptions = {},
): HostWriter & { readonly operations: () => number } {
  const { nodes, knobs } = state;
  const now = options.now ?? (() => 1_700_000_000_123);
  let count = 0;
  /** One elementary operation: null when it may happen, its errno when it fails. */
  const step = (operation: string, path: string): string | null => {
    count++;
    const fault = options.fault?.(operation, path, count) ?? null;
    if (fault === 'kill') throw new Killed(`${operation} ${path}`);
    return fault;
  };
  const clock = () => (BigInt(now()) * 1_000_000n).toString();

  const put = (request: PutRequest): Result<true> => {
    const { path, temporary, bytes, mode, uid, gid, mtime } = request;
    if (nodes.get(parentOf(path))?.kind !== 'directory') return fail('ENOENT');
    if (nodes.has(temporary)) return fail('EEXIST');
    const created = step('create', temporary);
    if (created !== null) return fail(created);
    const node: Node = { ...fileNode(''), mode: 0o600, mtime: clock() };
    nodes.set(temporary, node);
    for (const operation of ['write', 'fsync', 'rename']) {
      const failed = step(operation, operation === 'rename' ? path : temporary);
      if (failed !== null) {
        nodes.delete(temporary);
        return fail(failed);
      }
      if (operation === 'write') {
        const content = Buffer.from(bytes).toString('base64');
        nodes.set(temporary, { ...node, bytes: content, mode, uid, gid, mtime: mtime ?? clock() });
      }
    }
    const ready = nodes.get(temporary);
    nodes.delete(temporary);
    if (ready !== undefined) nodes.set(path, ready);
    const unsynced = step('fsync-directory', parentOf(path));
    return unsynced === null ? DONE : fail(unsynced);
  };

  const change = (operation: string, path: string, work: () => string | null): Result<true> => {
    const failed = step(operation, path) ?? work();
    if (failed !== null) return fail(failed);
    const unsynced = step('fsync-directory', parentOf(path));
    return unsynced === null ? DONE : fail(unsynced);
  };

  return {
    operations: () => count,
    uid: options.uid ?? 0,
    gid: 0,
    pid: 4242,
    now,
    inspect: (path): Result<Inspection> => {
      const node = nodes.get(path);
      if (node === undefined) return fail('ENOENT');
      const { kind, mode, uid, gid, links, mtime } = node;
      return ok({ kind, mode, uid, gid, links, mtime });
    },
    writable: (path) => {
      const errno = options.readOnly?.(path) ?? null;
      return errno === null ? DONE : fail(errno);
    },
    knobWritable: (path) => {
      const errno = options.readOnly?.(`/proc/sys/${path}`) ?? null;
      return errno === null ? DONE : fail(errno);
    },
    readFile: (path) => {
      const node = nodes.get(path);
      if (node === undefined) return fail('ENOENT');
      return node.kind === 'file' ? ok(Buffer.from(node.bytes, 'base64')) : fail('EISDIR');
    },
    list: (path) => {
      if (nodes.get(path)?.kind !== 'directory') return fail('ENOENT');
      return ok(
        [...nodes.keys()]
          .filter((n) => n !== '/' && parentOf(n) === path)
          .map(nameOf)
          .sort(),
      );
    },
    put,
    remove: (path) => {
      if (!nodes.has(path)) return DONE;
      return change('unlink', path, () => (nodes.delete(path) ? null : 'ENOENT'));
    },
    makeDirectory: (path, mode) =>
      change('mkdir', path, () => {
        if (nodes.has(path)) return 'EEXIST';
        nodes.set(path, { ...DIRECTORY, mode });
        return null;
      }),
    removeDirectory: (path) => {
      if (!nodes.has(path)) return fail('ENOENT');
      if ([...nodes.keys()].some((name) => parentOf(name) === path)) return fail('ENOTEMPTY');
      return change('rmdir', path, () => (nodes.delete(path) ? null : 'ENOENT'));
    },
    readKnob: (path) => {
      const knob = knobs.get(path);
      return knob === undefined ? fail('ENOENT') : ok(`${knob.text}\n`);
    },
    writeKnob: (path, text) => {
      const failed = step('knob', path);
      if (failed !== null) return fail(failed);
      const knob = knobs.get(path);
      if (knob === undefined) return fail('ENOENT');
      const { shape, bounds } = knob;
      const outcome = interpretWrite(shape, text, parseValue(shape, knob.text), bounds);
      if (outcome.outcome === 'unchanged') return DONE;
      const value = outcome.outcome === 'stored' ? outcome.value : outcome.partial;
      if (value !== null) {
        const held = formatValue(value);
        knobs.set(path, { ...knob, text: (knob.store?.(held) ?? held).replaceAll(' ', '\t') });
        const other = knob.zeroes === undefined ? undefined : knobs.get(knob.zeroes);
        if (other !== undefined && knob.zeroes !== undefined) knobs.set(knob.zeroes, { ...other, text: '0' });
      }
      return outcome.outcome === 'stored' ? DONE : fail(outcome.errno);
    },
    lock: (_path, note) => {
      if (state.lockedBy !== null) return { ok: false, errno: 'EAGAIN', holder: state.lockedBy };
      state.lockedBy = note;
      return {
        ok: true,
        release: () => {
          state.lockedBy = null;
        },
      };
    },
    run: (program, args) => {
      const answer = options.programs?.(program, args) ?? 'ENOENT';
      if (typeof answer === 'string') return fail(answer);
      return ok({ status: 0, stdout: '', stderr: '', ...answer });
    },
    detach: () => ok(777),
  };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
