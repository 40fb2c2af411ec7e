import type { Rule } from '../model/rule.ts';
import { integerOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'tw-reuse-needs-timestamps';
const REUSE = 'net.ipv4.tcp_tw_reuse';
const TIMESTAMPS = 'net.ipv4.tcp_timestamps';

export const rule: Rule = {
  code: CODE,
  interlocks: ['I10'],
  title: 'tcp_tw_reuse has the timestamps it works by',
  requires: [REUSE, TIMESTAMPS],
  sources: [
    'Documentation/networking/ip-sysctl.rst (6.12), tcp_tw_reuse',
    'No port reused without timestamps: tested on 6.18',
  ],
  check: ({ snapshot }) => {
    const reuse = integerOf(snapshot, REUSE);
    const timestamps = integerOf(snapshot, TIMESTAMPS);
    if (reuse === null || timestamps === null) return unchecked(CODE, snapshot, [REUSE, TIMESTAMPS]);
    // 2, reuse on loopback only, is the kernel's default: nobody asked for it.
    if (reuse !== 1n || timestamps !== 0n) return [];
    return [
      {
        code: CODE,
        severity: 'warning',
        subject: REUSE,
        what: `${REUSE} is 1 but ${TIMESTAMPS} is 0: connect() can tell old packets from new ones only by timestamps, so no port in TIME_WAIT is ever reused.`,
        remedy: setSysctl({ key: TIMESTAMPS, value: '1' }),
      },
    ];
  },
};
