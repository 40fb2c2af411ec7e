import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { bytes, group } from './support/format.ts';
import { integerOf, notInKernel, unchecked } from './support/known.ts';
import { setSysctlClause } from './support/remedy.ts';

const CODE = 'socket-buffer-defaults';
const MIB = 1n << 20n;

interface Bound {
  readonly key: string;
  readonly most: bigint;
  readonly severity: RuleFinding['severity'];
  readonly consequence: string;
  readonly usual: bigint;
}

const BOUNDS: readonly Bound[] = [
  ...(['net.core.rmem_default', 'net.core.wmem_default'] as const).map((key) => ({
    key,
    most: 4n * MIB,
    severity: 'warning' as const,
    consequence: 'TCP ignores it, and each UDP, Unix and raw socket may queue that much',
    usual: 212_992n,
  })),
  ...(['net.core.rmem_max', 'net.core.wmem_max'] as const).map((key) => ({
    key,
    most: 64n * MIB,
    severity: 'info' as const,
    consequence:
      'TCP autotuning does not look at it, and any unprivileged program may pin twice that much per socket',
    usual: 4n * MIB,
  })),
  {
    key: 'net.core.optmem_max',
    most: MIB,
    severity: 'info',
    consequence:
      'it bounds ancillary data of a socket (control messages, filters), not connections or their buffers',
    usual: 131_072n,
  },
];

export const rule: Rule = {
  code: CODE,
  interlocks: [],
  title: 'The general socket buffers are not inflated in the name of TCP',
  requires: [],
  sources: [
    'Documentation/networking/ip-sysctl.rst (6.12), tcp_rmem',
    'Documentation/admin-guide/sysctl/net.rst (6.12)',
  ],
  check: ({ snapshot }) =>
    BOUNDS.flatMap(({ key, most, severity, consequence, usual }): readonly (RuleFinding | Unchecked)[] => {
      // Kernels up to 6.1 do not show these in a child namespace, where they cannot be set anyway.
      if (notInKernel(snapshot, key)) return [];
      const n = integerOf(snapshot, key);
      if (n === null) return unchecked(CODE, snapshot, [key]);
      if (n <= most) return [];
      return [
        {
          code: CODE,
          severity,
          subject: key,
          what: `${key} is ${group(n)} (${bytes(n)}): ${consequence}.`,
          remedy: `Unless a program on this host needs it, ${setSysctlClause({ key, value: `${usual}` })}`,
        },
      ];
    }),
};
