/** Snapshot → at how many connections this host stops, and on what. Pure. */
import type { Snapshot } from '../model/snapshot.ts';
import { compareWalls, type WallAssumptions, type Walls } from '../model/wall.ts';
import { backlog } from './backlog.ts';
import { closing } from './closing.ts';
import { conntrack } from './conntrack.ts';
import type { WallFamily } from './context.ts';
import { epollWatches } from './epoll-watches.ts';
import { memory } from './memory.ts';
import { ports } from './ports.ts';
import { processFiles } from './process-files.ts';
import { systemFiles } from './system-files.ts';
import { tasks } from './tasks.ts';
import { tcpMem } from './tcp-mem.ts';

export const WALL_FAMILIES: Readonly<Record<string, WallFamily>> = {
  processFiles,
  systemFiles,
  epollWatches,
  memory,
  tcpMem,
  ports,
  conntrack,
  tasks,
  backlog,
  closing,
};

/** One end of each connection, the kernel's memory alone, one socket in twenty with data queued. */
export const DEFAULT_ASSUMPTIONS: WallAssumptions = {
  target: 1_000_000n,
  idleBytes: 0n,
  busy: { numerator: 5n, denominator: 100n, text: '5%' },
  ends: 1,
};

export function findWalls(snapshot: Snapshot, given: Partial<WallAssumptions> = {}): Walls {
  const assumptions = { ...DEFAULT_ASSUMPTIONS, ...given };
  const findings = Object.values(WALL_FAMILIES).flatMap((family) => family({ snapshot, assumptions }));
  return {
    assumptions,
    connections: findings.flatMap((f) => (f.kind === 'wall' ? [f.wall] : [])).sort(compareWalls),
    rates: findings.flatMap((f) => (f.kind === 'rate' ? [f.wall] : [])).sort(compareWalls),
    open: findings.flatMap((f) => (f.kind === 'open' ? [f.limit] : [])),
    unknown: findings.flatMap((f) => (f.kind === 'unknown' ? [f.limit] : [])),
  };
}
