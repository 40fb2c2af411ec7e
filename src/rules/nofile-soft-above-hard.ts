import type { Rule } from '../model/rule.ts';
import { compareQuantity } from '../model/value.ts';
import { group } from './support/format.ts';
import { quantityOf, unchecked } from './support/known.ts';

const CODE = 'nofile-soft-above-hard';
const SOFT = 'limit.nofile.soft';
const HARD = 'limit.nofile.hard';

/** A live process cannot be in this state; a capture, a limits table or a hand-made host can claim it. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I2'],
  title: 'The soft nofile limit is within the hard one',
  requires: [SOFT, HARD],
  sources: ['getrlimit(2): EINVAL', 'pam_limits.c setup_limits (Linux-PAM 1.5.2, tested)'],
  check: ({ snapshot }) => {
    const soft = quantityOf(snapshot, SOFT);
    const hard = quantityOf(snapshot, HARD);
    if (soft === null || hard === null) return unchecked(CODE, snapshot, [SOFT, HARD]);
    if (compareQuantity(soft, hard) <= 0) return [];
    const pid = snapshot.machine.subject.pid;
    return [
      {
        code: CODE,
        severity: 'error',
        subject: SOFT,
        what: `The soft nofile limit is ${group(soft)} and the hard one is ${group(hard)}: setrlimit refuses the pair with EINVAL, and pam_limits silently cuts the soft limit down to the hard one.`,
        remedy: `Run \`prlimit --pid ${pid} --nofile=${soft}:${soft}\` now as root, and raise the hard limit together with the soft one where they are set (\`LimitNOFILE=${soft}:${soft}\`, or a \`-\` line in /etc/security/limits.d).`,
      },
    ];
  },
};
