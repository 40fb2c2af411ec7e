import type { Rule } from '../model/rule.ts';
import { integerOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'strict-overcommit';
const OVERCOMMIT = 'vm.overcommit_memory';

export const rule: Rule = {
  code: CODE,
  interlocks: ['I21'],
  title: 'Memory may be reserved without being used',
  requires: [OVERCOMMIT],
  sources: ['Documentation/admin-guide/sysctl/vm.rst (6.12), overcommit_memory'],
  check: ({ snapshot }) => {
    const mode = integerOf(snapshot, OVERCOMMIT);
    if (mode === null) return unchecked(CODE, snapshot, [OVERCOMMIT]);
    if (mode !== 2n) return [];
    return [
      {
        code: CODE,
        severity: 'warning',
        subject: OVERCOMMIT,
        what: `${OVERCOMMIT} is 2: V8, Go and the JVM reserve far more address space than they use and get ENOMEM at the commit limit, while the memory of sockets is not counted there at all.`,
        remedy: setSysctl({ key: OVERCOMMIT, value: '0' }),
      },
    ];
  },
};
