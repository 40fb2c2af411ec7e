import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { group } from './support/format.ts';
import { integerOf, unchecked } from './support/known.ts';
import { setSysctl, setSysctlClause } from './support/remedy.ts';

const CODE = 'conntrack-buckets';
const MAX = 'net.netfilter.nf_conntrack_max';
const BUCKETS = 'net.netfilter.nf_conntrack_buckets';
const ENTRIES_PER_BUCKET = 4n;

/** Every connection is hashed twice (each direction), and each packet walks a chain: max alone makes the chains long. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I15'],
  title: 'The conntrack table has buckets for its entries',
  requires: [],
  sources: ['Documentation/networking/nf_conntrack-sysctl.rst (6.12), nf_conntrack_buckets'],
  check: ({ snapshot }): readonly (RuleFinding | Unchecked)[] => {
    const { conntrack, initialNetns } = snapshot.machine;
    if (conntrack === 'absent' || conntrack === 'idle') return [];
    const max = integerOf(snapshot, MAX);
    const buckets = integerOf(snapshot, BUCKETS);
    if (max === null || buckets === null) return unchecked(CODE, snapshot, [MAX, BUCKETS]);
    if (buckets * ENTRIES_PER_BUCKET >= max) return [];
    const assign = { key: BUCKETS, value: `${max / 2n}` };
    return [
      {
        code: CODE,
        severity: 'warning',
        subject: BUCKETS,
        what: `${MAX} allows ${group(max)} entries in ${group(buckets)} buckets, more than ${ENTRIES_PER_BUCKET} per bucket, and each connection is hashed twice: every packet walks a long chain when the table fills.`,
        remedy:
          initialNetns === 'no'
            ? `In the initial network namespace, since it is read-only here, ${setSysctlClause(assign)}`
            : setSysctl(assign),
      },
    ];
  },
};
