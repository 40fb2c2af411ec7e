import type { RuleFinding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { type Assigned, assignmentsIn } from './support/assignments.ts';
import { list } from './support/format.ts';

const CODE = 'duplicate-spellings';
/** Two /proc/sys files for one kernel variable. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['net.nf_conntrack_max', 'net.netfilter.nf_conntrack_max'],
]);

/** `net/ipv4/tcp_rmem` and `net.ipv4.tcp_rmem` are one key; whoever edits one line does not find the other. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I24'],
  title: 'Each key is spelt one way',
  requires: [],
  sources: [
    'sysctl.d(5): either "." or "/" as separator',
    'Documentation/networking/nf_conntrack-sysctl.rst (6.12)',
  ],
  check: ({ snapshot }) => {
    const byKey = new Map<string, Assigned[]>();
    for (const assigned of assignmentsIn(snapshot)) {
      const key = ALIASES.get(assigned.key) ?? assigned.key;
      byKey.set(key, [...(byKey.get(key) ?? []), assigned]);
    }
    return [...byKey].flatMap(([key, lines]): RuleFinding[] => {
      if (new Set(lines.map((l) => l.spelling)).size < 2) return [];
      const disagree = new Set(lines.map((l) => l.value.split(/\s+/).join(' '))).size > 1;
      return [
        {
          code: CODE,
          severity: disagree ? 'warning' : 'info',
          subject: key,
          what: `${list(lines.map((l) => `${l.where} (\`${l.spelling} = ${l.value}\`)`))} are one key under several spellings${disagree ? ', and they disagree' : ''}.`,
          remedy: `Keep one line, spelt \`${key} = …\`, and remove the others.`,
        },
      ];
    });
  },
};
