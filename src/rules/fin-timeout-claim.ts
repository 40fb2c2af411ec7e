import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { assignmentsIn } from './support/assignments.ts';
import { integerOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'fin-timeout-claim';
const FIN_TIMEOUT = 'net.ipv4.tcp_fin_timeout';
const KERNEL_DEFAULT = 60n;
const FEW_SECONDS = 5n;
const TIME_WAIT_KEY = /^net\.ipv4\.tcp_(tw_\w+|max_tw_buckets)$/;

/** tcp_fin_timeout ends orphans in FIN_WAIT_2. TIME_WAIT lasts 60 s by a constant of the kernel. */
export const rule: Rule = {
  code: CODE,
  interlocks: [],
  title: 'tcp_fin_timeout is not mistaken for the length of TIME_WAIT',
  requires: [FIN_TIMEOUT],
  sources: [
    'tcp(7), tcp_fin_timeout',
    'include/net/tcp.h TCP_TIMEWAIT_LEN (6.12)',
    'TIME_WAIT timer with tcp_fin_timeout=1: 59 s on 6.18',
  ],
  check: ({ snapshot }): readonly (RuleFinding | Unchecked)[] => {
    const live = integerOf(snapshot, FIN_TIMEOUT);
    if (live === null) return unchecked(CODE, snapshot, [FIN_TIMEOUT]);
    if (live < FEW_SECONDS) {
      return [
        {
          code: CODE,
          severity: 'warning',
          subject: FIN_TIMEOUT,
          what: `${FIN_TIMEOUT} is ${live}: a peer that is slow to close has ${live <= 0n ? 'only a few round trips' : `${live} s`} before its socket is dropped, and TIME_WAIT is no shorter for it.`,
          remedy: setSysctl({ key: FIN_TIMEOUT, value: '15' }),
        },
      ];
    }
    if (live >= KERNEL_DEFAULT) return [];
    const assigned = assignmentsIn(snapshot);
    const claim = assigned.find(
      (a) => a.key === FIN_TIMEOUT && assigned.some((b) => b.file === a.file && TIME_WAIT_KEY.test(b.key)),
    );
    if (claim === undefined) return [];
    return [
      {
        code: CODE,
        severity: 'info',
        subject: claim.where,
        what: `${claim.where} sets ${FIN_TIMEOUT} to ${live} beside settings for TIME_WAIT, which it does not shorten: TIME_WAIT lasts 60 s by a constant of the kernel.`,
        remedy:
          'Leave it if orphans in FIN_WAIT_2 are the concern; for outgoing connections that run out of ports write `net.ipv4.tcp_tw_reuse = 1`.',
      },
    ];
  },
};
