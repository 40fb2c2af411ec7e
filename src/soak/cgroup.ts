/** The control groups this process is in: limits, use and kills, for both hierarchies. */
import type { HostReader } from '../host/reader.ts';

/** cgroup v1 prints "no limit" as the largest page-aligned long. */
const V1_UNLIMITED = 2 ** 60;

export interface MemoryGroup {
  /** The file that holds the limit: the key to change. */
  readonly file: string;
  /** Bytes. */
  readonly max: number;
  readonly current: number;
}

export interface TaskGroup {
  readonly file: string;
  readonly max: number;
  readonly current: number;
}

export interface CgroupState {
  /** The group on the way to the root that has the least memory left; null when none limits. */
  readonly memory: MemoryGroup | null;
  readonly tasks: TaskGroup | null;
  /** Kills by a memory limit of these groups; null when no group counts them. */
  readonly oomKills: number | null;
  /** How often a fork was refused by a tasks limit; null when no group counts them. */
  readonly refusedForks: number | null;
}

export function readCgroups(host: HostReader): CgroupState {
  const memory: MemoryGroup[] = [];
  const tasks: TaskGroup[] = [];
  const kills: number[] = [];
  const refused: number[] = [];
  const addKills = (file: string) => {
    const count = countIn(host, file, 'oom_kill');
    if (count !== null) kills.push(count);
  };
  const addTasks = (folder: string) => {
    push(tasks, host, `${folder}pids.max`, `${folder}pids.current`);
    const count = countIn(host, `${folder}pids.events`, 'max');
    if (count !== null) refused.push(count);
  };
  for (const { controllers, folders } of memberships(host)) {
    if (controllers === '') {
      for (const folder of folders.flatMap((f) => [`/sys/fs/cgroup${f}`, `/sys/fs/cgroup/unified${f}`])) {
        push(memory, host, `${folder}memory.max`, `${folder}memory.current`);
        addKills(`${folder}memory.events`);
        addTasks(folder);
      }
    }
    if (controllers.split(',').includes('memory')) {
      for (const folder of folders.map((f) => `/sys/fs/cgroup/memory${f}`)) {
        push(memory, host, `${folder}memory.limit_in_bytes`, `${folder}memory.usage_in_bytes`);
        addKills(`${folder}memory.oom_control`);
      }
    }
    if (controllers.split(',').includes('pids')) {
      for (const folder of folders) addTasks(`/sys/fs/cgroup/pids${folder}`);
    }
  }
  return {
    memory: tightest(memory),
    tasks: tightest(tasks),
    // v2 counts in every ancestor, so the largest is the sum; v1 counts per group.
    oomKills: kills.length > 0 ? Math.max(...kills) : null,
    refusedForks: refused.length > 0 ? Math.max(...refused) : null,
  };
}

function memberships(host: HostReader): readonly { controllers: string; folders: readonly string[] }[] {
  const text = host.read('/proc/self/cgroup');
  if (!text.ok) return [];
  return text.value.split('\n').flatMap((line) => {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    return match?.[2] === undefined
      ? []
      : [{ controllers: match[1] ?? '', folders: foldersUpwards(match[2]) }];
  });
}

/** `/a/b` → `/a/b/`, `/a/`, `/`. A path seen from another cgroup namespace (`/../..`) is not followed. */
function foldersUpwards(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.includes('..')) return ['/'];
  return Array.from({ length: parts.length + 1 }, (_, i) =>
    ['', ...parts.slice(0, parts.length - i), ''].join('/'),
  );
}

function push(groups: MemoryGroup[], host: HostReader, file: string, currentFile: string): void {
  const max = numberIn(host, file);
  const current = numberIn(host, currentFile);
  if (max !== null && current !== null && max < V1_UNLIMITED) groups.push({ file, max, current });
}

function tightest<T extends MemoryGroup>(groups: readonly T[]): T | null {
  const left = (g: T) => g.max - g.current;
  return groups.reduce<T | null>((low, g) => (low === null || left(g) < left(low) ? g : low), null);
}

function numberIn(host: HostReader, path: string): number | null {
  const text = host.read(path);
  return text.ok && /^\d+\s*$/.test(text.value) ? Number(text.value) : null;
}

function countIn(host: HostReader, path: string, name: string): number | null {
  const text = host.read(path);
  const match = text.ok ? new RegExp(`^${name} (\\d+)$`, 'm').exec(text.value) : null;
  return match?.[1] === undefined ? null : Number(match[1]);
}
