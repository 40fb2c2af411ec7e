/** The tightest memory and task limits on the way from a process's cgroup to the root, for both hierarchies. */
import type { HostReader } from '../host/reader.ts';
import type { CgroupLimits } from '../model/machine.ts';

/** cgroup v1 prints "no limit" as the largest page-aligned long. */
const V1_UNLIMITED = 1n << 60n;
const UNIFIED_MOUNTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'] as const;

export function gatherCgroup(host: HostReader, pid: number): CgroupLimits {
  const membership = host.read(`/proc/${pid}/cgroup`);
  if (!membership.ok) return { memoryMax: null, pidsMax: null };
  const memory: (bigint | null)[] = [];
  const pids: (bigint | null)[] = [];
  for (const line of membership.value.split('\n')) {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (match?.[2] === undefined || match[3] === undefined) continue;
    const controllers = match[2].split(',');
    const folders = ancestors(match[3]);
    if (match[2] === '') {
      for (const folder of folders.flatMap((f) => UNIFIED_MOUNTS.map((mount) => `${mount}${f}`))) {
        memory.push(readLimit(host, `${folder}memory.max`));
        pids.push(readLimit(host, `${folder}pids.max`));
      }
    }
    if (controllers.includes('memory')) {
      memory.push(...folders.map((f) => readLimit(host, `/sys/fs/cgroup/memory${f}memory.limit_in_bytes`)));
    }
    if (controllers.includes('pids')) {
      pids.push(...folders.map((f) => readLimit(host, `/sys/fs/cgroup/pids${f}pids.max`)));
    }
  }
  return { memoryMax: lowest(memory), pidsMax: lowest(pids) };
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

function readLimit(host: HostReader, path: string): bigint | null {
  const text = host.read(path);
  if (!text.ok || !/^\d+\s*$/.test(text.value)) return null;
  const limit = BigInt(text.value.trim());
  return limit >= V1_UNLIMITED ? null : limit;
}

function lowest(limits: readonly (bigint | null)[]): bigint | null {
  return limits.reduce((low, next) => (next !== null && (low === null || next < low) ? next : low), null);
}
