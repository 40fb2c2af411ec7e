/** What must not be written although each value alone is fine: found here, before the first write. */
import { readValue } from '../model/fact.ts';
import type { LiveWrite, Refusal } from '../model/plan.ts';
import { isUnchecked } from '../model/rule.ts';
import { factOf } from '../model/snapshot.ts';
import { formatGrouped, type Quantity, type Value } from '../model/value.ts';
import { rule as memoryRule } from '../rules/memory-below-goal.ts';
import type { PlanInput } from './input.ts';
import { isUnitName, unitName } from './names.ts';
import type { LineNeed } from './needs.ts';

const NR_OPEN = 'fs.nr_open';
/** Every kernel since 2.6.25 starts with it. */
const NR_OPEN_DEFAULT = 1_048_576n;

/** A login with a limit above nr_open is refused by pam_limits, a service fails with 205/LIMITS. */
export function nofileRefusals(
  lines: readonly LineNeed[],
  writes: readonly LiveWrite[],
  input: PlanInput,
): readonly Refusal[] {
  const asked = lines.filter(({ key }) => key.includes('nofile') || key.includes('LimitNOFILE'));
  const atBoot =
    numberOf(lines.find(({ key }) => key === NR_OPEN)?.value) ?? input.boot.nrOpen ?? NR_OPEN_DEFAULT;
  const now =
    input.options.target === 'files'
      ? atBoot
      : (numberOf(writes.find(({ key }) => key === NR_OPEN)?.after) ??
        numberOf(readValue(factOf(input.snapshot, NR_OPEN))) ??
        NR_OPEN_DEFAULT);
  return asked.flatMap(({ key, value }) => {
    const wanted = value.kind === 'limit' || value.kind === 'integer' ? value.n : null;
    if (wanted === null) return [];
    if (exceeds(wanted, atBoot)) return [aboveNrOpen(key, wanted, atBoot, 'after the next boot')];
    return exceeds(wanted, now) ? [aboveNrOpen(key, wanted, now, 'now')] : [];
  });
}

function exceeds(wanted: Quantity, most: bigint): boolean {
  return wanted === 'unlimited' || wanted > most;
}

function aboveNrOpen(key: string, wanted: Quantity, nrOpen: bigint, when: string): Refusal {
  return {
    code: 'nofile-above-nr-open',
    subject: key,
    what: `${key} would be ${formatGrouped(wanted)}, above fs.nr_open ${when}: logins or services would be refused.`,
    arithmetic: [`${key} ${formatGrouped(wanted)} > fs.nr_open ${formatGrouped(nrOpen)} ${when}`],
    remedy: `Raise fs.nr_open with it, or ask for at most ${formatGrouped(nrOpen)}.`,
  };
}

function numberOf(value: Value | null | undefined): bigint | null {
  return value?.kind === 'integer' ? value.n : null;
}

/** The machine and the caller: root, a writable /proc/sys, no container, enough memory, a service that exists. */
export function environmentRefusals(input: PlanInput, writes: readonly LiveWrite[]): readonly Refusal[] {
  const { snapshot, options, boot } = input;
  const { machine } = snapshot;
  const found: Refusal[] = [];
  if (options.service !== null)
    found.push(...serviceRefusals(options.service, boot.unitExists(unitName(options.service))));
  if (options.target === 'files') return found;
  if (options.service !== null && machine.init !== 'systemd' && machine.init !== 'unknown') {
    const what = `Process 1 is ${machine.init}: there is no systemd whose service could get a limit.`;
    found.push(refusal('no-systemd', '--service', what, 'Set the limit where that service is started.'));
  }
  if (machine.uid !== 0) {
    found.push(refusal('not-root', 'uid', `This is user ${machine.uid}, not root.`, 'Run it as root.'));
  }
  if (machine.sandbox !== 'none') {
    found.push(
      refusal(
        'container',
        machine.sandbox,
        `This is a container (${machine.sandbox}: ${machine.sandboxEvidence ?? 'no evidence kept'}); its files are not read at any boot.`,
        'Run tune on the host, or write an image with --root DIR.',
      ),
    );
  }
  if (machine.procSysWritable === 'no' && writes.some(({ path }) => path.startsWith('net/'))) {
    found.push(
      refusal('read-only', '/proc/sys', '/proc/sys cannot be written here.', 'Run tune on the host itself.'),
    );
  }
  return [...found, ...memoryRefusals(input)];
}

function serviceRefusals(service: string, exists: boolean | null): readonly Refusal[] {
  if (!isUnitName(service)) {
    return [
      refusal(
        'unknown-service',
        service,
        `${JSON.stringify(service)} is not the name of a service.`,
        'Give a name such as nginx.service.',
      ),
    ];
  }
  if (exists !== false) return [];
  return [
    refusal(
      'unknown-service',
      unitName(service),
      `There is no unit ${unitName(service)}.`,
      'Look for its name with `systemctl list-units --type=service`.',
    ),
  ];
}

function memoryRefusals({ snapshot, profile, goal }: PlanInput): readonly Refusal[] {
  return memoryRule.check({ snapshot, profile, goal, predict: () => null }).flatMap((found) =>
    !isUnchecked(found) && found.severity === 'error'
      ? [
          {
            code: 'machine-too-small',
            subject: found.subject,
            what: found.what,
            arithmetic: [],
            remedy: found.remedy,
          },
        ]
      : [],
  );
}

function refusal(code: string, subject: string, what: string, remedy: string): Refusal {
  return { code, subject, what, arithmetic: [], remedy };
}
