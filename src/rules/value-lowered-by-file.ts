import type { RuleFinding, Unchecked } from '../model/finding.ts';
import { interpretWrite } from '../model/kernel-syntax.ts';
import { compareRelease } from '../model/machine.ts';
import { OUR_NAME } from '../model/managed-file.ts';
import type { Rule } from '../model/rule.ts';
import { factOf, type Snapshot } from '../model/snapshot.ts';
import { compareQuantity, type Quantity } from '../model/value.ts';
import { assignmentsIn, isBeaten } from './support/assignments.ts';
import { group } from './support/format.ts';
import { notInKernel, quantityOf, whyUnknown } from './support/known.ts';
import { editedInstead } from './support/remedy.ts';
import { fileMaxFor, nofileFor } from './support/sizing.ts';

const CODE = 'value-lowered-by-file';

/** Keys where more is never worse for connections, and what the goal needs of them when there is a formula. */
const RAISE_ONLY: ReadonlyMap<string, (goal: bigint) => bigint> = new Map([
  ['fs.file-max', fileMaxFor],
  ['fs.nr_open', nofileFor],
  ['fs.epoll.max_user_watches', (goal) => (goal * 11n) / 10n],
  ['kernel.pid_max', () => 0n],
  ['kernel.threads-max', () => 0n],
  ['vm.max_map_count', () => 0n],
  ['net.ipv4.tcp_max_tw_buckets', () => 0n],
  ['net.ipv4.tcp_max_orphans', () => 0n],
  ['net.core.rmem_max', () => 0n],
  ['net.core.wmem_max', () => 0n],
]);

/** What PID 1 of systemd 240 writes to fs.file-max, and the kernel since when hosts have that or a later one. */
const RAISED = { key: 'fs.file-max', to: 2n ** 63n - 1n, since: '5.0' } as const;

/** Guides written for old kernels lower modern hosts: systemd sets fs.file-max to 2^63-1, and `fs.file-max = 999999` undoes it. */
export const rule: Rule = {
  code: CODE,
  interlocks: ['I3'],
  title: 'No file lowers a limit below what the kernel has',
  requires: [],
  sources: [
    'systemd 252 main.c bump_file_max_and_nr_open',
    'Documentation/networking/ip-sysctl.rst: tcp_max_tw_buckets, tcp_max_orphans "must not" be lowered',
  ],
  check: ({ snapshot, goal, predict }) =>
    assignmentsIn(snapshot).flatMap((line): (RuleFinding | Unchecked)[] => {
      const { key, value, where, file } = line;
      const need = RAISE_ONLY.get(key)?.(goal);
      if (need === undefined || notInKernel(snapshot, key) || isBeaten(line, predict(key))) return [];
      const live = quantityOf(snapshot, key);
      if (live === null) return [{ code: CODE, why: `${where}: ${whyUnknown(key, factOf(snapshot, key))}` }];
      const written = interpretWrite({ kind: 'integer' }, `${value}\n`, null);
      if (written.outcome !== 'stored' || written.value.kind !== 'integer') return [];
      const next = asQuantity(key, written.value.n);
      const now = typeof live === 'bigint' ? asQuantity(key, live) : live;
      if (next === 'unlimited') return [];
      const order = compareQuantity(next, now);
      if (order === 0) return loweredAlready(key, next, { where, file, need, snapshot });
      if (order > 0) return [];
      const tooLow = next < need && compareQuantity(now, need) >= 0;
      const text = now === 'unlimited' ? '-1' : `${now}`;
      return [
        {
          code: CODE,
          severity: tooLow ? 'error' : 'warning',
          subject: where,
          what: `${where} sets ${key} to ${group(next)}, and the kernel has ${group(now)} now: the next boot or \`sysctl --system\` lowers it${tooLow ? ` below the ${group(need)} that ${group(goal)} connections need` : ''}.`,
          remedy:
            editedInstead(where) === where
              ? `Remove the line \`${key} = ${value}\` from ${where}, or write \`${key} = ${text}\` there.`
              : `Write \`${key} = ${text}\` to ${editedInstead(where)}, which is applied after it.`,
        },
      ];
    }),
};

/** tune writes a line only to lift the key above another one. */
const isOurs = (file: string) => OUR_NAME.test(file.slice(file.lastIndexOf('/') + 1));

/** The boot has done it: systemd raised the key, and this line took it down again. */
function loweredAlready(
  key: string,
  next: bigint,
  { where, file, need, snapshot }: { where: string; file: string; need: bigint; snapshot: Snapshot },
): RuleFinding[] {
  const { init, kernelRelease } = snapshot.machine;
  const raises = init === 'systemd' && compareRelease(kernelRelease, RAISED.since) >= 0;
  if (key !== RAISED.key || next >= RAISED.to || !raises || isOurs(file)) return [];
  const short = next < need ? `, and the goal needs ${group(need)}` : '';
  return [
    {
      code: CODE,
      severity: next < need ? 'error' : 'warning',
      subject: where,
      what: `${where} holds ${key} down at ${group(next)}: systemd 240 and later sets it to ${group(RAISED.to)} at boot, before the files are applied${short}.`,
      remedy:
        editedInstead(where) === where
          ? `Remove the line from ${where}, unless \`systemctl --version\` says less than 240.`
          : `Write \`${key} = ${RAISED.to}\` to ${editedInstead(where)}, which is applied after it.`,
    },
  ];
}

/** A negative tcp_max_tw_buckets means no limit: the kernel compares it as unsigned. */
function asQuantity(key: string, n: bigint): Quantity {
  return key === 'net.ipv4.tcp_max_tw_buckets' && n < 0n ? 'unlimited' : n;
}
