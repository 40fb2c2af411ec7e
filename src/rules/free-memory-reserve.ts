import type { RuleFinding, Unchecked } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { bytes, group } from './support/format.ts';
import { integerOf, unchecked } from './support/known.ts';
import { setSysctl } from './support/remedy.ts';

const CODE = 'free-memory-reserve';
const MIN_FREE = 'vm.min_free_kbytes';
const BROKEN_BELOW = 1_024n;
/** Share of RAM: above a twentieth the reserve takes what connections need. */
const SHARE = 20n;

export const rule: Rule = {
  code: CODE,
  interlocks: [],
  title: 'The reserve for interrupts is neither empty nor a large part of RAM',
  requires: [MIN_FREE],
  sources: ['Documentation/admin-guide/sysctl/vm.rst (6.12), min_free_kbytes'],
  check: ({ snapshot }): readonly (RuleFinding | Unchecked)[] => {
    const kib = integerOf(snapshot, MIN_FREE);
    if (kib === null) return unchecked(CODE, snapshot, [MIN_FREE]);
    const ram = snapshot.machine.memory.total;
    if (ram <= 0n) return [{ code: CODE, why: 'the size of memory could not be read' }];
    const wanted = sensible(ram / 1_024n);
    if (kib < BROKEN_BELOW) {
      return [
        {
          code: CODE,
          severity: 'error',
          subject: MIN_FREE,
          what: `${MIN_FREE} is ${group(kib)}: below ${group(BROKEN_BELOW)} the kernel has nothing left to receive packets with under load, and may deadlock.`,
          remedy: setSysctl({ key: MIN_FREE, value: `${wanted}` }),
        },
      ];
    }
    const most = ram / 1_024n / SHARE;
    if (kib <= most || kib <= wanted) return [];
    return [
      {
        code: CODE,
        severity: 'warning',
        subject: MIN_FREE,
        what: `${MIN_FREE} is ${group(kib)} (${bytes(kib * 1_024n)}), more than ${100n / SHARE} % of the ${bytes(ram)} of RAM: sockets cannot use it, and the OOM killer comes that much earlier.`,
        remedy: setSysctl({ key: MIN_FREE, value: `${wanted}` }),
      },
    ];
  },
};

/** One per cent of RAM, between what the kernel calls working and 256 MiB. */
function sensible(ramKib: bigint): bigint {
  const share = ramKib / 100n;
  return share < BROKEN_BELOW ? BROKEN_BELOW : share > 262_144n ? 262_144n : share;
}
