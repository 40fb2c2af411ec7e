/** Counts of failed system calls by call and errno. */
import { errnoName } from './constants.ts';
import type { Failure } from './wire.ts';

export interface FailureCount {
  add(call: string, errno: number): void;
  total(): number;
  list(): readonly Failure[];
}

export function countFailures(): FailureCount {
  const counts = new Map<string, { readonly call: string; readonly errno: string; count: number }>();
  let total = 0;
  return {
    add: (call, errno) => {
      const name = errnoName(errno);
      const entry = counts.get(`${call} ${name}`) ?? { call, errno: name, count: 0 };
      entry.count += 1;
      total += 1;
      counts.set(`${call} ${name}`, entry);
    },
    total: () => total,
    list: () => [...counts.values()].map((entry) => ({ ...entry })),
  };
}

/** Adds lists of failures up, sorted by call and errno so that reports compare. */
export function mergeFailures(lists: readonly (readonly Failure[])[]): readonly Failure[] {
  const sums = new Map<string, Failure>();
  for (const failure of lists.flat()) {
    const key = `${failure.call} ${failure.errno}`;
    sums.set(key, { ...failure, count: (sums.get(key)?.count ?? 0) + failure.count });
  }
  return [...sums.values()].sort((a, b) => (`${a.call} ${a.errno}` < `${b.call} ${b.errno}` ? -1 : 1));
}
