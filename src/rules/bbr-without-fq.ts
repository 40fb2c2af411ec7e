import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { unchecked, wordOf } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'bbr-without-fq';
const CONTROL = 'net.ipv4.tcp_congestion_control';
const QDISC = 'net.core.default_qdisc';

export const rule: Rule = {
  code: CODE,
  interlocks: ['I20'],
  title: 'BBR has fq to pace its packets',
  requires: [CONTROL],
  sources: ['net/ipv4/tcp_bbr.c (6.12), head comment', 'tc-fq(8)'],
  check: ({ snapshot }): readonly (RuleFinding | Unchecked)[] => {
    const control = wordOf(snapshot, CONTROL);
    if (control === null) return unchecked(CODE, snapshot, [CONTROL]);
    if (!control.startsWith('bbr')) return [];
    const qdisc = wordOf(snapshot, QDISC);
    if (qdisc === null) return unchecked(CODE, snapshot, [QDISC]);
    if (qdisc === 'fq') return [];
    return [
      {
        code: CODE,
        severity: 'info',
        subject: QDISC,
        what: `${CONTROL} is ${control} and ${QDISC} is ${qdisc}: BBR must pace, and without fq every sending socket arms its own high-resolution timer for that.`,
        remedy: `${setSysctl({ key: QDISC, value: 'fq' })} Interfaces that are up keep theirs: \`tc qdisc replace dev IFACE root fq\`.`,
      },
    ];
  },
};
