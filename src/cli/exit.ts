/** Exit codes, documented in README and in `tune --help`. */
export const EXIT = {
  /** Everything is as wanted, or the command did what it was asked. */
  asWanted: 0,
  /** Something is not as wanted: findings, or a soak that failed. */
  notAsWanted: 1,
  /** Could not run: usage, permission, bad input. */
  couldNotRun: 2,
  /** Apply stopped part-way; the journal's path is printed. */
  partWay: 3,
  /** The soak was inconclusive: the machine or the generator was the limit. */
  inconclusive: 4,
} as const;

/** Of a soak, a verification, or the worst of several. */
export function exitOfVerdict(state: 'passed' | 'failed' | 'inconclusive'): number {
  if (state === 'passed') return EXIT.asWanted;
  return state === 'failed' ? EXIT.notAsWanted : EXIT.inconclusive;
}
