import type { RuleFinding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { factOf } from '../model/snapshot.ts';
import { compareQuantity } from '../model/value.ts';
import { larger } from './support/bigint.ts';
import { group } from './support/format.ts';
import { integerOf, quantityOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';
import { nofileFor } from './support/sizing.ts';

const CODE = 'nofile-above-nr-open';
const NR_OPEN = 'fs.nr_open';
/** INT_MAX rounded down to a multiple of 64: the most that fs.nr_open takes (fs/file.c). */
const NR_OPEN_MOST = 2_147_483_584n;
/** Present only where the service manager was looked at. */
const OTHER_LIMITS = ['systemd.DefaultLimitNOFILE', 'systemd.LimitNOFILE'] as const;

/** setrlimit refuses a hard limit above fs.nr_open with EPERM, even to root, and no descriptor reaches fs.nr_open. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I1', 'I5'],
  title: 'No nofile limit is above fs.nr_open',
  requires: ['limit.nofile.hard', NR_OPEN],
  sources: ['kernel/sys.c do_prlimit, fs/file.c expand_files (6.12)', 'systemd.exec(5) LimitNOFILE='],
  check: ({ snapshot, goal }) => {
    const ceiling = integerOf(snapshot, NR_OPEN);
    const hard = quantityOf(snapshot, 'limit.nofile.hard');
    if (ceiling === null || hard === null) return unchecked(CODE, snapshot, ['limit.nofile.hard', NR_OPEN]);
    const keys = ['limit.nofile.hard', ...OTHER_LIMITS.filter((key) => factOf(snapshot, key) !== undefined)];
    return keys.flatMap((key): RuleFinding[] => {
      const n = quantityOf(snapshot, key);
      if (n === null || compareQuantity(n, ceiling) <= 0) return [];
      const fits = n !== 'unlimited' && n <= NR_OPEN_MOST;
      const wanted = fits ? n : larger(nofileFor(goal), ceiling);
      return [
        {
          code: CODE,
          severity: 'error',
          subject: key,
          what: `${key} is ${group(n)} and fs.nr_open is ${group(ceiling)}: descriptors stop at fs.nr_open, and whoever sets this limit again gets EPERM, which fails a service with 205/LIMITS and may refuse a login.`,
          remedy: fits
            ? setSysctl({ key: NR_OPEN, value: `${wanted}` })
            : `Ask for a nofile limit of ${wanted} where it is set (LimitNOFILE= of the unit, or limits.d). ${wanted > ceiling ? setSysctl({ key: NR_OPEN, value: `${wanted}` }) : ''}`.trim(),
        },
      ];
    });
  },
};
