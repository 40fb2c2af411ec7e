/** What the two kinds of worker share: telling the coordinator, and the figures of a process. */
import type { News, WorkerFigures } from './wire.ts';

/** A worker looks at its orders at least this often, and tells of its progress so often. */
export const SLICE_MS = 10;
export const PROGRESS_MS = 100;

export function tell(news: News): void {
  if (process.connected) process.send?.(news, () => undefined);
}

export function figures(memory: WorkerFigures['memory'], parts: Partial<WorkerFigures>): WorkerFigures {
  const cpu = process.cpuUsage();
  return {
    memory,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    longestSliceMs: 0,
    pacedMs: 0,
    connect: { pairs: [], max: 0 },
    echo: { pairs: [], max: 0 },
    perSource: [],
    ...parts,
  };
}
