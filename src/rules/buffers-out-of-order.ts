import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { larger } from './support/bigint.ts';
import { bytes, group } from './support/format.ts';
import { tripleOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'buffers-out-of-order';
/** The kernel's own minimum, and its default size for a new socket of each kind. */
const MINIMUM = 4096n;
const KNOBS = [
  { key: 'net.ipv4.tcp_rmem', usual: 131_072n },
  { key: 'net.ipv4.tcp_wmem', usual: 16_384n },
] as const;
const USUAL_MAX = 4_194_304n;
const LARGE_DEFAULT = 262_144n;

/** Neither triple is checked for order by the kernel, and most kernels take a minimum of 1, which makes dead sockets. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I9'],
  title: 'tcp_rmem and tcp_wmem rise from min to default to max, and start small',
  requires: [],
  sources: [
    'Documentation/networking/ip-sysctl.rst (6.12), tcp_rmem, tcp_wmem',
    'Order and minimum: tested on 6.18',
  ],
  check: ({ snapshot, goal }) =>
    KNOBS.flatMap(({ key, usual }): readonly (RuleFinding | Unchecked)[] => {
      const triple = tripleOf(snapshot, key);
      if (triple === null) return unchecked(CODE, snapshot, [key]);
      const [min, initial, max] = triple;
      // A min as large as a default is meant to be undoes the smaller default, so it goes too.
      const safeMin = min < MINIMUM || min > usual ? MINIMUM : min;
      const small = initial > LARGE_DEFAULT ? usual : initial;
      const safeInitial = larger(small, safeMin);
      const safeMax = max < safeInitial ? USUAL_MAX : max;
      const found = (severity: RuleFinding['severity'], what: string): RuleFinding => ({
        code: CODE,
        severity,
        subject: key,
        what,
        remedy: `${setSysctl({ key, value: `${safeMin} ${safeInitial} ${safeMax}` })} Restart the listening services: accepted sockets inherit the listener's buffers.`,
      });
      const findings: RuleFinding[] = [];
      if (min > initial || initial > max) {
        findings.push(
          found(
            'error',
            `${key} is \`${triple.join(' ')}\`, which is out of order: it must not fall from min to default to max.`,
          ),
        );
      }
      if (min < MINIMUM) {
        findings.push(
          found(
            'error',
            `The min of ${key} is ${group(min)} B; below ${group(MINIMUM)} B a socket cannot hold one packet and stalls.`,
          ),
        );
      }
      if (initial > LARGE_DEFAULT) {
        findings.push(
          found(
            'warning',
            `The default of ${key} is ${bytes(initial)} for every socket: ${group(goal)} connections × ${group(initial)} B may pin ${bytes(goal * initial)} of queued data, and a slow reader gets it without asking.`,
          ),
        );
      }
      return findings;
    }),
};
