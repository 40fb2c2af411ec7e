import type { Rule } from '../model/rule.ts';
import { assignmentsIn } from './support/assignments.ts';
import { larger } from './support/bigint.ts';
import { group, list } from './support/format.ts';
import { integerOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';
import { backlogFor } from './support/sizing.ts';

const CODE = 'syn-backlog-without-effect';
const SYN_BACKLOG = 'net.ipv4.tcp_max_syn_backlog';
const COOKIES = 'net.ipv4.tcp_syncookies';
const SOMAXCONN = 'net.core.somaxconn';

/** With SYN cookies on, the SYN queue is bounded by the listener's backlog; this key is consulted only without them. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I7'],
  title: 'tcp_max_syn_backlog is not mistaken for the SYN queue',
  requires: [SYN_BACKLOG, COOKIES, SOMAXCONN],
  sources: [
    'listen(2)',
    'net/ipv4/tcp_input.c tcp_conn_request (6.1, 6.12)',
    'Queue lengths counted on 6.18',
  ],
  check: ({ snapshot, goal }) => {
    const cookies = integerOf(snapshot, COOKIES);
    const value = integerOf(snapshot, SYN_BACKLOG);
    const somaxconn = integerOf(snapshot, SOMAXCONN);
    if (cookies === null || value === null || somaxconn === null) {
      return unchecked(CODE, snapshot, [SYN_BACKLOG, COOKIES, SOMAXCONN]);
    }
    if (cookies === 0n || value <= somaxconn) return [];
    const lines = assignmentsIn(snapshot).filter(({ key }) => key === SYN_BACKLOG);
    const wanted = larger(backlogFor(goal), somaxconn);
    return [
      {
        code: CODE,
        severity: 'info',
        subject: SYN_BACKLOG,
        what: `${SYN_BACKLOG} is ${group(value)} and has no effect while tcp_syncookies is ${cookies}: the SYN queue ends at each listener's backlog, which somaxconn caps at ${group(somaxconn)}.`,
        remedy: [
          ...(wanted > somaxconn ? [setSysctl({ key: SOMAXCONN, value: `${wanted}` })] : []),
          "Raise the service's own backlog to match.",
          ...(lines.length > 0 ? [`The line in ${list(lines.map((l) => l.where))} may go.`] : []),
        ].join(' '),
      },
    ];
  },
};
