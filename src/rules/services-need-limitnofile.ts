import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Process } from '../model/machine.ts';
import type { Rule } from '../model/rule.ts';
import { factOf, type Snapshot } from '../model/snapshot.ts';
import { compareQuantity, type Quantity } from '../model/value.ts';
import { group } from './support/format.ts';
import { quantityOf, unchecked } from './support/known.ts';
import { nofileFor, OTHER_DESCRIPTORS } from './support/sizing.ts';

const CODE = 'services-need-limitnofile';
const HARD = 'limit.nofile.hard';
const DEFAULT = 'systemd.DefaultLimitNOFILE';

/** The hard limit that systemd gives since 240 when nothing is configured. */
const BUILT_IN = 524_288n;

/** System services are started without PAM: /etc/security/limits.conf never reaches them, only LimitNOFILE= does. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I4'],
  title: 'Services get their nofile limit from systemd, not from limits.conf',
  requires: [],
  sources: ['systemd.exec(5), Process Properties', 'systemd-system.conf(5): DefaultLimitNOFILE=1024:524288'],
  check: ({ snapshot, goal }): readonly (RuleFinding | Unchecked)[] => {
    const { init, subject } = snapshot.machine;
    if (init !== 'systemd') return [];
    const need = goal + OTHER_DESCRIPTORS;
    if (subject.chosenBy !== 'parent') {
      const hard = quantityOf(snapshot, HARD);
      if (hard === null) return unchecked(CODE, snapshot, [HARD]);
      return compareQuantity(hard, need) >= 0 ? [] : [tooLow(HARD, hard, goal, subject)];
    }
    if (factOf(snapshot, DEFAULT) === undefined) {
      return [
        {
          code: CODE,
          why: `the limits read are those of ${subject.name}, which services do not inherit; name the server with --service or --pid`,
        },
      ];
    }
    const inherited = notConfigured(snapshot) ? BUILT_IN : quantityOf(snapshot, DEFAULT);
    if (inherited === null) return unchecked(CODE, snapshot, [DEFAULT]);
    return compareQuantity(inherited, need) >= 0 ? [] : [tooLow(DEFAULT, inherited, goal, null)];
  },
};

function notConfigured(snapshot: Snapshot): boolean {
  const reading = factOf(snapshot, DEFAULT)?.reading;
  return reading?.state === 'absent' && reading.reason === 'not-configured';
}

function tooLow(key: string, has: Quantity, goal: bigint, subject: Process | null): RuleFinding {
  const who =
    subject === null ? 'a systemd service without LimitNOFILE=' : `${subject.name} (pid ${subject.pid})`;
  return {
    code: CODE,
    severity: 'warning',
    subject: key,
    what: `The hard nofile limit of ${who} is ${group(has)}, and ${group(goal)} connections need ${group(goal + OTHER_DESCRIPTORS)} descriptors; lines in /etc/security/limits.conf do not reach services.`,
    remedy: `Write \`[Service]\` and \`LimitNOFILE=${nofileFor(goal)}\` to /etc/systemd/system/UNIT.d/zz-tune.conf, where UNIT is ${subject === null ? "the server's unit" : `what \`systemctl status ${subject.pid}\` names`}, then run \`systemctl daemon-reload && systemctl restart UNIT\`.`,
  };
}
