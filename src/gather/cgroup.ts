/** The tightest memory and task limits on the way from a process's cgroup to the root, for both hierarchies. */
import type { HostReader } from '../host/reader.ts';
import type { CgroupLimits } from '../model/machine.ts';

/** cgroup v1 prints "no limit" as the largest page-aligned long. */
const V1_UNLIMITED = 1n << 60n;
const UNIFIED_MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'] as const;

export function gatherCgroup(host: HostReader, pid: number): CgroupLimits {
  const membership = host.read(`/proc/${pid}/cgroup`);
  if (!membership.ok) return { memoryMax: null, pidsMax: null, unread: membership.errno };
  const memory: FileLimit[] = [];
  const pids: FileLimit[] = [];
  for (const line of membership.value.split('\n')) {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (match?.[2] === undefined || match[3] === undefined) continue;
    const controllers = match[2].split(',');
    const folders = ancestors(match[3]);
    if (match[2] === '') {
      for (const folder of folders.flatMap((f) => UNIFIED_MOUNTS.map((mount) => `${mount}${f}`))) {
        memory.push(...readLimit(host, `${folder}memory.max`));
        pids.push(...readLimit(host, `${folder}pids.max`));
      }
    }
    if (controllers.includes('memory')) {
      memory.push(
        ...folders.flatMap((f) => readLimit(host, `/sys/fs/cgroup/memory${f}memory.limit_in_bytes`)),
      );
    }
    if (controllers.includes('pids')) {
      pids.push(...folders.flatMap((f) => readLimit(host, `/sys/fs/cgroup/pids${f}pids.max`)));
    }
  }
  const tightest = lowest(memory);
  return {
    memoryMax: tightest?.limit ?? null,
    ...(tightest === null ? {} : { memoryFile: tightest.file }),
    pidsMax: lowest(pids)?.limit ?? null,
  };
}

/** `/a/b` → `/a/b/`, `/a/`, `/`. A path that climbs (`/../..`, seen from another cgroup namespace) is not followed. */
function ancestors(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.includes('..')) return ['/'];
  return Array.from(
    { length: parts.length + 1 },
    (_, i) =>
      `/${parts
        .slice(0, parts.length - i)
        .map((p) => `${p}/`)
        .join('')}`,
  );
}

interface FileLimit {
  readonly file: string;
  readonly limit: bigint;
}

/** The limit in a file, or nothing when there is none. */
function readLimit(host: HostReader, file: string): readonly FileLimit[] {
  const text = host.read(file);
  if (!text.ok || !/^\d+\s*$/.test(text.value)) return [];
  const limit = BigInt(text.value.trim());
  return limit >= V1_UNLIMITED ? [] : [{ file, limit }];
}

function lowest(limits: readonly FileLimit[]): FileLimit | null {
  return limits.reduce<FileLimit | null>(
    (low, next) => (low === null || next.limit < low.limit ? next : low),
    null,
  );
}
