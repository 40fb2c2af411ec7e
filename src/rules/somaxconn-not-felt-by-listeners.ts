import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Listener } from '../model/machine.ts';
import type { Rule } from '../model/rule.ts';
import { smaller } from './support/bigint.ts';
import { group, list } from './support/format.ts';
import { integerOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';
import { backlogFor } from './support/sizing.ts';

const CODE = 'somaxconn-not-felt-by-listeners';
const SOMAXCONN = 'net.core.somaxconn';
/** A backlog this many times smaller than it could be is worth a line; less is taste. */
const FAR_BELOW = 4n;

/** listen() takes the smaller of its argument and somaxconn, once: raising somaxconn changes no listener that is open. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I6', 'I22'],
  title: 'Listeners use the backlog that somaxconn allows',
  requires: [],
  sources: [
    'listen(2)',
    'net/socket.c __sys_listen_socket (6.12)',
    'A listener keeps its backlog: tested on 6.18',
  ],
  check: ({ snapshot, goal }): readonly (RuleFinding | Unchecked)[] => {
    const { listeners, listenersIncomplete } = snapshot.machine;
    const tcp = listeners.filter((l) => l.protocol.startsWith('tcp'));
    const results: (RuleFinding | Unchecked)[] = [];
    if (listenersIncomplete !== null) {
      results.push({ code: CODE, why: `the list of listeners is not complete: ${listenersIncomplete}` });
    }
    if (tcp.length === 0) return results;
    const somaxconn = integerOf(snapshot, SOMAXCONN);
    if (somaxconn === null) return [...results, ...unchecked(CODE, snapshot, [SOMAXCONN])];
    const unknown = tcp.filter((l) => l.backlog === null);
    if (unknown.length > 0) {
      results.push({
        code: CODE,
        why: `the backlog of ${list(unknown.map(name))} is not known (\`ss\` did not tell it)`,
      });
    }
    const goalBacklog = backlogFor(goal);
    const possible = smaller(somaxconn, goalBacklog);
    const small = tcp.filter((l) => l.backlog !== null && BigInt(l.backlog) * FAR_BELOW <= possible);
    if (small.length === 0) return results;
    const raise =
      somaxconn < goalBacklog
        ? `${setSysctl({ key: SOMAXCONN, value: `${goalBacklog}` })} Then restart`
        : 'Restart';
    return [
      ...results,
      {
        code: CODE,
        // Never more than a note: sshd keeps its 128 on a host that is ready, and nobody knows which one is the server.
        severity: 'info',
        subject: SOMAXCONN,
        what: `net.core.somaxconn is ${group(somaxconn)}, but ${list(small.map((l) => `${name(l)} has a backlog of ${group(l.backlog ?? 0)}`))}: a listener keeps the smaller of what it asked for and what somaxconn was when it called listen().`,
        remedy: `${raise} the service, and where its backlog stays small raise it in its own configuration, e.g. \`listen 80 backlog=${goalBacklog};\` in nginx.`,
      },
    ];
  },
};

function name(l: Listener): string {
  return l.address.includes(':') ? `[${l.address}]:${l.port}` : `${l.address}:${l.port}`;
}
