import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { group } from './support/format.ts';
import { integerOf, notInKernel, type Triple, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'neighbour-thresholds';
const V4 = keysOf('ipv4');
const V6 = keysOf('ipv6');

/** Two tables, ARP and ND, each with three thresholds that the kernel never compares with each other. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I16'],
  title: 'The neighbour tables have thresholds in order, for IPv4 and IPv6 alike',
  requires: [],
  sources: ['Documentation/networking/ip-sysctl.rst (6.12), neigh/default/gc_thresh*'],
  check: ({ snapshot }): readonly (RuleFinding | Unchecked)[] => {
    const v4 = thresholds(snapshot, V4);
    const v6 = thresholds(snapshot, V6);
    const hasV6 = !V6.every((key) => notInKernel(snapshot, key));
    return [
      ...(v4 === null ? unchecked(CODE, snapshot, V4) : outOfOrder(V4, v4)),
      ...(v6 !== null ? outOfOrder(V6, v6) : hasV6 ? unchecked(CODE, snapshot, V6) : []),
      ...(v4 !== null && v6 !== null ? raisedForOneOnly(v4, v6) : []),
    ];
  },
};

function keysOf(family: 'ipv4' | 'ipv6'): readonly string[] {
  return [1, 2, 3].map((i) => `net.${family}.neigh.default.gc_thresh${i}`);
}

function thresholds(snapshot: Snapshot, keys: readonly string[]): Triple | null {
  const [first, second, third] = keys.map((key) => integerOf(snapshot, key));
  return first == null || second == null || third == null ? null : [first, second, third];
}

function outOfOrder(keys: readonly string[], [first, second, third]: Triple): readonly RuleFinding[] {
  if (first <= second && second <= third) return [];
  const rising = [first, second, third].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return [
    {
      code: CODE,
      severity: 'warning',
      subject: keys[0] ?? CODE,
      what: `${keys[0]}, 2 and 3 are ${group(first)}, ${group(second)} and ${group(third)}, which is out of order: collection starts at the first, is forced above the second, and the third is the end of the table.`,
      remedy: setSysctl(...keys.map((key, i) => ({ key, value: `${rising[i]}` }))),
    },
  ];
}

function raisedForOneOnly(v4: Triple, v6: Triple): readonly RuleFinding[] {
  if (v4[2] === v6[2]) return [];
  const [lower, keys, higher] = v4[2] < v6[2] ? ([v4, V4, v6] as const) : ([v6, V6, v4] as const);
  return [
    {
      code: CODE,
      severity: 'info',
      subject: keys[2] ?? CODE,
      what: `${keys[2]} is ${group(lower[2])}, and the other family's table ends at ${group(higher[2])}: IPv4 and IPv6 neighbours are separate tables, and a large flat network needs both.`,
      remedy: setSysctl(...keys.map((key, i) => ({ key, value: `${higher[i]}` }))),
    },
  ];
}
