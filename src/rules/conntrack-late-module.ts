import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { factOf } from '../model/snapshot.ts';
import { assignmentsIn } from './support/assignments.ts';
import { list } from './support/format.ts';

const CODE = 'conntrack-late-module';
const MAX = 'net.netfilter.nf_conntrack_max';
const CONNTRACK_KEY = /^net\.(netfilter\.nf_conntrack_\w+|nf_conntrack_max)$/;
const LOAD = 'Run `echo nf_conntrack > /etc/modules-load.d/zz-tune.conf`';

/** sysctl files are applied early in the boot; the first firewall rule loads the module later, with the kernel's values. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I13'],
  title: 'Conntrack settings in files find their module at boot',
  requires: [],
  sources: ['sysctl.d(5), Examples', 'systemd issue 43362: values lost when the module loads later'],
  check: ({ snapshot }): readonly (RuleFinding | Unchecked)[] => {
    const lines = assignmentsIn(snapshot).filter(({ key }) => CONNTRACK_KEY.test(key));
    const first = lines[0];
    if (first === undefined) return [];
    const reading = factOf(snapshot, MAX)?.reading;
    const missing =
      snapshot.machine.conntrack === 'absent' ||
      (reading?.state === 'absent' && reading.reason === 'module-not-loaded');
    if (!missing) {
      return [
        {
          code: CODE,
          why: `whether nf_conntrack is loaded before ${list(lines.map((l) => l.where))} is applied at boot cannot be seen in the running kernel`,
        },
      ];
    }
    return [
      {
        code: CODE,
        severity: 'warning',
        subject: first.where,
        what: `${list(lines.map((l) => `${l.where} (${l.key})`))} set${lines.length === 1 ? 's' : ''} connection tracking, but nf_conntrack is not loaded: at boot the write fails with one log line, and the module comes later with its own values.`,
        remedy: `${LOAD}, so that the module is there before the file is applied, or remove the line${lines.length === 1 ? '' : 's'} if nothing here tracks connections.`,
      },
    ];
  },
};
