import { CAP_SYS_RESOURCE, hasCapability } from '../model/machine.ts';
import type { Rule } from '../model/rule.ts';
import { compareQuantity } from '../model/value.ts';
import { group } from './support/format.ts';
import { quantityOf, unchecked } from './support/known.ts';
import { nofileFor, OTHER_DESCRIPTORS } from './support/sizing.ts';

const CODE = 'hard-limit-needs-capability';
const HARD = 'limit.nofile.hard';

/** The kernel asks for CAP_SYS_RESOURCE in the initial user namespace, so a rootless container can never have it. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I25'],
  title: 'The hard nofile limit can be raised from here',
  requires: [HARD],
  sources: ['kernel/sys.c do_prlimit: capable(CAP_SYS_RESOURCE) (6.12)', 'setrlimit(2)'],
  check: ({ snapshot, goal }) => {
    const hard = quantityOf(snapshot, HARD);
    if (hard === null) return unchecked(CODE, snapshot, [HARD]);
    const need = goal + OTHER_DESCRIPTORS;
    if (compareQuantity(hard, need) >= 0 || hasCapability(snapshot.machine, CAP_SYS_RESOURCE)) return [];
    const isRoot = snapshot.machine.uid === 0;
    const short = `The hard nofile limit is ${group(hard)}, ${group(goal)} connections need ${group(need)}`;
    return [
      {
        code: CODE,
        severity: isRoot ? 'error' : 'info',
        subject: HARD,
        what: isRoot
          ? `${short}, and root has no CAP_SYS_RESOURCE here, so no process started from here can raise it.`
          : `${short}, and user ${snapshot.machine.uid} has no CAP_SYS_RESOURCE to raise it with.`,
        remedy: isRoot
          ? `Have whoever starts this environment raise it: \`docker run --ulimit nofile=${nofileFor(goal)}:${nofileFor(goal)}\`, \`LimitNOFILE=${nofileFor(goal)}\` on the runtime's unit, or \`--cap-add SYS_RESOURCE\`.`
          : 'Run `tune apply` as root.',
      },
    ];
  },
};
