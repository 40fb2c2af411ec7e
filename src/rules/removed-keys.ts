import type { RuleFinding } from '../model/finding.ts';
import { compareRelease } from '../model/machine.ts';
import type { Rule } from '../model/rule.ts';
import { assignmentsIn } from './support/assignments.ts';
import { DEAD_KEYS, type DeadKey } from './support/dead-keys.ts';

const CODE = 'removed-keys';

/** A loader skips an unknown key with at most a warning, so the reader of the file believes in a setting that is not there. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I11'],
  title: 'No file sets a key that the kernel dropped, renamed or ignores',
  requires: [],
  sources: [
    'tcp(7): tcp_tw_recycle, Linux 2.4 to 4.11',
    'Documentation/networking/ip-sysctl.rst (6.1, 6.12)',
    'Documentation/admin-guide/sysctl/net.rst (6.12)',
  ],
  check: ({ snapshot }) =>
    assignmentsIn(snapshot).flatMap(({ key, value, where }): RuleFinding[] => {
      const dead = DEAD_KEYS.find((entry) => entry.key.test(key));
      if (dead === undefined) return [];
      const { kernelRelease } = snapshot.machine;
      const alive = dead.since !== null && compareRelease(kernelRelease, dead.since) < 0;
      if (alive && !(key.endsWith('tcp_tw_recycle') && value !== '0')) return [];
      return [
        {
          code: CODE,
          severity: alive ? 'error' : dead.fate === 'no-effect' ? 'info' : 'warning',
          subject: where,
          what: alive
            ? `${where} sets ${key} = ${value}, and kernel ${kernelRelease} obeys it: connections from clients that share an address behind NAT are dropped.`
            : `${where} sets ${key}, which ${fateOf(dead)}: ${dead.why}.`,
          remedy: dead.instead.replace(
            'nf_conntrack_…',
            `nf_conntrack_${key.replace(/^.*ip_conntrack_/, '')}`,
          ),
        },
      ];
    }),
};

function fateOf({ fate, since }: DeadKey): string {
  switch (fate) {
    case 'removed':
      return since === null ? 'this kernel does not have' : `kernels since ${since} do not have`;
    case 'renamed':
      return 'no kernel has under this name any more';
    case 'no-effect':
      return since === null ? 'has no effect on connections' : `has no effect since ${since}`;
  }
}
