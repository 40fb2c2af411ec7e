/**
 * When is a difference between two sets of runs real? Three runs a side lie apart by chance once in ten times, and a
 * soak has two dozen figures, so that alone is no evidence. Pure.
 */

/** The runs of each side that a figure is first looked at with, and those that a doubtful one must stand. */
export const FIRST_PAIRS = 3;
export const ALL_PAIRS = 7;
/** Sides this many times further apart than the runs of one side are, or by this factor, need no more runs. */
const CLEAR = 5;
const CLEAR_FACTOR = 4;

export interface Demand {
  /** Medians differ by this share of the one with, and by this much. */
  readonly margin: number;
  readonly least: number;
  readonly isNoisy: boolean;
}

/** real: believed. doubtful: more runs would tell. none: not a difference. */
export type Significance = 'real' | 'doubtful' | 'none';

export function significance(
  first: readonly number[],
  second: readonly number[],
  { margin, least, isNoisy }: Demand,
): Significance {
  const runs = Math.min(first.length, second.length);
  const [a, b] = [median(first), median(second)];
  if (runs === 0 || Math.abs(b - a) < Math.max(least, margin * Math.abs(a)) || a === b) return 'none';
  const gap = gapBetween(first, second);
  if (gap <= 0) return 'none';
  if (runs >= ALL_PAIRS) return 'real';
  if (runs >= FIRST_PAIRS && !isNoisy && isClear(first, second)) return 'real';
  return 'doubtful';
}

/** A factor counts as a factor where both sides have one: 100 and 110 a second are as near as 1,000 and 1,100. */
function isClear(first: readonly number[], second: readonly number[]): boolean {
  const hasFactor = [...first, ...second].every((value) => value > 0);
  const [a, b] = hasFactor ? [first.map(Math.log), second.map(Math.log)] : [first, second];
  const gap = gapBetween(a, b);
  return (hasFactor && gap >= Math.log(CLEAR_FACTOR)) || gap > CLEAR * Math.max(spread(a), spread(b));
}

/** How far apart the nearest runs of the two sides are; negative when they overlap. */
function gapBetween(first: readonly number[], second: readonly number[]): number {
  return Math.max(Math.min(...second) - Math.max(...first), Math.min(...first) - Math.max(...second));
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
