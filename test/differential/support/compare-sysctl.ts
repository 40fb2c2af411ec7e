/** One tree through the real loader and through the model, and where they part. */
import { type KeySpace, keySpace } from '../../../src/boot/key-space.ts';
import { settle } from '../../../src/boot/settle.ts';
import type { LoaderResult } from '../../../src/boot/sysctl-result.ts';
import type { FileTree, TreeEntry } from '../../../src/boot/tree.ts';
import { formatValue, parseValue, type Value } from '../../../src/model/value.ts';
import { bytesOf, decoded } from './bytes.ts';
import { INTERFACES, watchedKeys } from './sysctl-keys.ts';
import type { SpecEntry, SysctlSpec } from './sysctl-trees.ts';
import type { Worker } from './worker-client.ts';

export type Loader = 'systemd' | 'procps';

export interface Bench {
  readonly worker: Worker;
  readonly loader: Loader;
  readonly keys: KeySpace;
  readonly watched: ReturnType<typeof watchedKeys>;
  readonly model: (tree: FileTree, keys: KeySpace) => LoaderResult;
}

const CREDENTIAL = '/run/credentials/systemd-sysctl.service/sysctl.extra';

/** Makes the interfaces and learns which keys the namespace has. */
export async function prepare(worker: Worker, loader: Loader, model: Bench['model']): Promise<Bench> {
  const { interfaces } = await worker.ask<{ interfaces: string[] }>({ ask: 'hello', interfaces: INTERFACES });
  const paths: string[] = [];
  for (const directory of ['net/core', 'net/ipv4', 'net/ipv4/conf']) {
    const { names } = await worker.ask<{ names: string[] }>({ ask: 'list', path: directory });
    paths.push(...names.map((name) => `${directory}/${name}`));
  }
  for (const device of paths.filter((p) => p.startsWith('net/ipv4/conf/'))) {
    const { names } = await worker.ask<{ names: string[] }>({ ask: 'list', path: device });
    paths.push(...names.map((name) => `${device}/${name}`));
  }
  const files = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`)));
  const leaves = files.filter((path) => !['net/ipv4/neigh', 'net/ipv4/route'].includes(path));
  const { modes } = await worker.ask<{ modes: number[] }>({ ask: 'modes', paths: leaves });
  const keys = keySpace(leaves.map((path, i) => ({ path, mode: modes[i] ?? 0 })));
  return { worker, loader, keys, watched: watchedKeys(interfaces), model };
}

interface Outcome {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly values: readonly string[];
}

/** Empty when the model and the program agree. */
export async function disagreements(bench: Bench, spec: SysctlSpec): Promise<readonly string[]> {
  const { watched, loader } = bench;
  const real = await bench.worker.ask<Outcome>({
    ask: 'tree',
    loader,
    tree: forWorker(spec, loader),
    reset: watched.map(({ path, reset }) => [path, reset]),
    watch: watched.map(({ path }) => path),
  });
  const result = bench.model(forModel(spec, loader), bench.keys);
  const byPath = new Map(watched.map((key) => [key.path, key]));
  const settled = settle(result, {
    knowledge: (path) => byPath.get(path) ?? null,
    before: (path) => startValue(byPath.get(path)),
  });
  const found: string[] = [];
  // procps expands `.*` to `..` as well: such a glob reaches keys that bound others.
  const crossed = result.writes.some(({ path }) => path === 'net/ipv4/ip_unprivileged_port_start');
  for (const [i, key] of watched.entries()) {
    if (crossed && key.shape.kind === 'portRange') continue;
    const expected = settled.keys.has(key.path)
      ? (settled.keys.get(key.path)?.value ?? null)
      : startValue(key);
    const actual = parseValue(key.shape, real.values[i] ?? '');
    if (show(expected) !== show(actual))
      found.push(`${key.path}: model ${show(expected)}, real ${show(actual)}`);
  }
  const unwatched = result.writes.some(({ path }) => !byPath.has(path));
  const failed = real.status !== 0;
  if (!unwatched && failed !== settled.failed)
    found.push(
      `exit status: model ${settled.failed ? 'fails' : 'ends well'}, real ${real.status ?? real.signal}`,
    );
  const said = malformedLines(loader, real.stderr);
  const foretold = result.complaints.flatMap((c) =>
    c.code === 'not-an-assignment' ? [`${c.file}:${c.line}`] : [],
  );
  // procps goes on counting lines from one file to the next where a file's name is a pattern.
  const counted =
    loader === 'systemd' || spec.directories.every((d) => d.entries.every((e) => !/[*?[{\\]/.test(e.name)));
  if (counted && said.join() !== foretold.join())
    found.push(`malformed lines: model ${foretold.join()}, real ${said.join()}`);
  return found;
}

function show(value: Value | null): string {
  return value === null ? 'unknown' : formatValue(value);
}

function startValue(key: ReturnType<typeof watchedKeys>[number] | undefined): Value | null {
  return key === undefined ? null : parseValue(key.shape, key.reset);
}

/** Both programs name the file and the line of what is not an assignment. */
function malformedLines(loader: Loader, stderr: string): readonly string[] {
  const pattern =
    loader === 'systemd'
      ? /^(\/.*):(\d+): Line is not an assignment/gm
      : /^.*?sysctl: (.*)\((\d+)\): invalid syntax/gm;
  return [...stderr.matchAll(pattern)].map(
    ([, file, line]) =>
      `${file?.replace('/run/tune-credentials', '/run/credentials/systemd-sysctl.service')}:${line}`,
  );
}

function forWorker(spec: SysctlSpec, loader: Loader): object {
  const entry = ({ name, kind, text }: SpecEntry) => ({
    name,
    kind,
    ...(kind === 'dangling'
      ? { target: '/nowhere/at-all' }
      : kind === 'dev-null'
        ? { target: '/dev/null' }
        : {}),
    bytes: bytesOf(text).toString('base64'),
  });
  return {
    directories: spec.directories.map(({ path, entries }) => ({ path, entries: entries.map(entry) })),
    sysctlConf: spec.sysctlConf && entry(spec.sysctlConf),
    credential: loader === 'systemd' && spec.credential ? entry(spec.credential) : null,
  };
}

function forModel(spec: SysctlSpec, loader: Loader): FileTree {
  const files: Record<string, TreeEntry> = {};
  if (spec.sysctlConf) files['/etc/sysctl.conf'] = entryForModel(spec.sysctlConf);
  if (spec.credential && loader === 'systemd') files[CREDENTIAL] = entryForModel(spec.credential);
  return {
    directories: spec.directories.map(({ path, entries }) => ({ path, entries: entries.map(entryForModel) })),
    files,
  };
}

export function entryForModel({ name, kind, text }: SpecEntry): TreeEntry {
  switch (kind) {
    case 'file':
      return { name, kind, text: decoded(text) };
    case 'symlink':
      return { name, kind, target: '/etc/tune-store/0', text: decoded(text) };
    case 'dangling':
      return { name, kind, target: '/nowhere/at-all' };
    case 'loop':
      return { name, kind: 'unreadable', errno: 'ELOOP' };
    default:
      return { name, kind };
  }
}
