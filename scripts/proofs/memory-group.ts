/**
 * A memory control group for one program, so that running out of memory ends that program and no other: the group's
 * limit is below what this machine has free, and its processes are the first that the kernel would choose anyway.
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const MIB = 2 ** 20;
/** Of what is available, this stays outside the group. */
const KEPT_OUTSIDE = 512 * MIB;
/** A killed process may be in its group for a moment more. */
const TRIES = 100;

export interface MemoryGroup {
  /** Bytes. */
  readonly limit: number;
  /** What goes before a command line so that it runs in the group. */
  readonly prefix: readonly string[];
  /** Removes the group. Throws when something still runs in it. */
  remove(): Promise<void>;
}

/** Folder of the memory hierarchy that a process is in, and the name of its limit: version 1 or 2, by /proc/PID/cgroup. */
export function hierarchyOf(procCgroup: string): { readonly folder: string; readonly limit: string } {
  const paths = new Map<string, string>();
  for (const line of procCgroup.split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    for (const name of match?.[1]?.split(',') ?? []) paths.set(name, match?.[2] ?? '/');
  }
  const first = paths.get('memory');
  return first === undefined
    ? { folder: '/sys/fs/cgroup', limit: 'memory.max' }
    : { folder: join('/sys/fs/cgroup/memory', first), limit: 'memory.limit_in_bytes' };
}

/** Memory that programs can have without swapping, by the kernel's estimate. */
export function availableBytes(): number {
  const text = readFileSync('/proc/meminfo', 'utf8');
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024;
}

/** Throws where no such group can be made: a run that could end other programs is not begun. */
export function makeMemoryGroup(): MemoryGroup {
  const hierarchy = hierarchyOf(readFileSync('/proc/self/cgroup', 'utf8'));
  const folder = join(hierarchy.folder, `tune-proofs-${process.pid}`);
  const limit = availableBytes() - KEPT_OUTSIDE;
  mkdirSync(folder);
  const remove = async () => {
    for (let tries = 1; ; tries++) {
      try {
        rmdirSync(folder);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || tries === TRIES) throw error;
        await wait(100);
      }
    }
  };
  try {
    writeFileSync(join(folder, hierarchy.limit), String(limit));
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  const enter = `echo 1000 >/proc/self/oom_score_adj; echo $$ >${join(folder, 'cgroup.procs')}; exec "$@"`;
  return { limit, prefix: ['sh', '-euc', enter, 'sh'], remove };
}
