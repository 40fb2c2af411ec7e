/**
 * Which limit stopped a soak: one row per limit, most certain first, each a pure reading of the evidence.
 * A row with an errno of its own comes before one that only has counters.
 */
import { NETWORK_ROWS } from './blame-network.ts';
import { PROCESS_ROWS } from './blame-processes.ts';
import type { BlameRow } from './evidence.ts';

export const BLAME_TABLE: readonly BlameRow[] = [...PROCESS_ROWS, ...NETWORK_ROWS];
