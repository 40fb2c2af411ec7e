/** What each finding needs: a write now, a line for the next boot, both, or nothing. */
import type { SettingFinding } from '../model/finding.ts';
import { kernelDefault } from '../model/kernel-default.ts';
import type { LiveWrite, Refusal, Withheld } from '../model/plan.ts';
import { nearest, type Relation, satisfies } from '../model/relation.ts';
import { procPath, type Tunable } from '../model/tunable.ts';
import { equalValues, formatGrouped, formatValue, type Value } from '../model/value.ts';
import type { PlanInput } from './input.ts';
import { isLowering } from './lowering.ts';
import type { Managed } from './managed.ts';
import { reasonOf } from './reason.ts';
import { isPlainText } from './text.ts';

/** One key that a file of ours must set. */
export interface LineNeed {
  readonly key: string;
  readonly value: Value;
  readonly wanted: Relation;
  readonly tunable: Tunable;
  readonly reason: string;
}

export interface Needs {
  readonly writes: readonly LiveWrite[];
  readonly lines: readonly LineNeed[];
  readonly withheld: readonly Withheld[];
  readonly refusals: readonly Refusal[];
}

interface Part {
  readonly write?: LiveWrite;
  readonly line?: LineNeed;
  readonly withheld?: Withheld;
  readonly refusal?: Refusal;
}

export function needsOf(input: PlanInput, managed: Managed): Needs {
  const parts = input.settings
    .filter(({ verdict }) => verdict !== 'ignored' && verdict !== 'not-applicable')
    .flatMap((finding) => partsOf(finding, input, managed));
  return {
    writes: parts.flatMap((p) => p.write ?? []),
    lines: parts.flatMap((p) => p.line ?? []),
    withheld: parts.flatMap((p) => p.withheld ?? []),
    refusals: parts.flatMap((p) => p.refusal ?? []),
  };
}

interface Subject {
  readonly finding: SettingFinding;
  readonly tunable: Tunable;
  readonly wanted: Relation;
  readonly reason: string;
}

function partsOf(finding: SettingFinding, input: PlanInput, managed: Managed): readonly Part[] {
  const { setting, wanted } = finding;
  const tunable = input.tunables.get(setting.key);
  if (tunable === undefined || wanted === null) return [];
  const subject = { finding, tunable, wanted, reason: reasonOf(finding) };
  const obstacle = obstacleOf(subject, input);
  if (obstacle !== null) return [obstacle];
  const live = input.options.target === 'host' ? livePart(subject, input) : {};
  if (live.refusal !== undefined || live.withheld !== undefined) return [live];
  return [live, linePart(subject, live.write?.after ?? finding.live, input, managed)];
}

/** Why this key cannot be set here at all; null when it can. */
function obstacleOf({ finding, tunable, reason }: Subject, { snapshot, options }: PlanInput): Part | null {
  if (options.target === 'files' || procPath(tunable.key) === null) return null;
  const { key, level } = finding.setting;
  const unmet = !isMetNow(finding);
  const either = (code: Withheld['code'], what: string, remedy: string): Part =>
    level === 'required'
      ? { refusal: { code: `required-${code}`, subject: key, what, arithmetic: [reason], remedy } }
      : { withheld: { key, code, what, remedy } };
  if (finding.verdict === 'denied') {
    return unreadable(key, `${key} cannot be read (${finding.detail ?? 'no reason given'})`);
  }
  if (finding.verdict === 'unparsable') {
    return unreadable(key, `${key} holds text that is not a value of it: ${JSON.stringify(finding.detail)}`);
  }
  if (finding.absent === 'not-captured') return unreadable(key, `${key} is not in what was gathered`);
  const hidden = tunable.reach === 'absent-in-child' || tunable.reach === 'read-only-in-child';
  if (unmet && hidden && snapshot.machine.initialNetns === 'no') {
    return either(
      'child-namespace',
      `${key} can only be set in the initial network namespace, and this is another one.`,
      'Run tune on the host itself.',
    );
  }
  if (finding.verdict === 'absent' && finding.absent !== 'module-not-loaded') {
    return either(
      'absent',
      `This kernel (${snapshot.machine.kernelRelease}) has no ${key}.`,
      `Leave it out (\`--ignore ${key}\`) or use a kernel that has it.`,
    );
  }
  if (unmet && tunable.access === 'read-only') {
    return either('not-settable', `${key} cannot be changed while the system runs.`, tunable.danger);
  }
  return null;
}

/** The verdict also speaks of the next boot; this asks about now alone. */
function isMetNow({ live, wanted }: SettingFinding): boolean {
  return live !== null && wanted !== null && satisfies(wanted, live);
}

function unreadable(key: string, what: string): Part {
  return {
    refusal: {
      code: 'unreadable',
      subject: key,
      what: `${what}, so it could not be put back.`,
      arithmetic: [],
      remedy: `Run tune as root, or leave the key out (\`--ignore ${key}\`).`,
    },
  };
}

function livePart({ finding, tunable, wanted, reason }: Subject, input: PlanInput): Part {
  const { key } = finding.setting;
  const path = procPath(key);
  const { live } = finding;
  if (path === null || live === null || isMetNow(finding)) return {};
  const after = nearest(wanted, live);
  if (after === null) return { refusal: noRemedy(key, wanted) };
  const unsafe = unsafeValue(key, after);
  if (unsafe !== null) return { refusal: unsafe };
  if (takesAway(live, after, tunable, input)) return lowering(finding, live, after);
  return {
    write: {
      key,
      path: path.slice('/proc/sys/'.length),
      shape: tunable.shape,
      negativeMeans: tunable.negativeMeans ?? null,
      before: live,
      after,
      wanted,
      reason,
    },
  };
}

/**
 * The line for the next boot. What the boot would give is the ground it stands on, so that a line never takes away
 * what another file grants; a line of ours that does its work today stays.
 */
function linePart(
  { finding, tunable, wanted, reason }: Subject,
  now: Value | null,
  input: PlanInput,
  managed: Managed,
): Part {
  const { boot, options } = input;
  const { key } = finding.setting;
  const outcome = boot.outcome(key);
  const given = outcome?.value ?? null;
  // Where nothing is known to undo it, what is as wanted now counts as staying so, as it does in the audit.
  const stays = options.target === 'host' && isMetNow(finding);
  const survives = given === null ? stays : satisfies(wanted, given);
  const ours = managed.decides(key, outcome);
  if (survives && !ours && !options.pin) return {};
  const unknown = options.image && given === null && dependsOnMachine(tunable);
  if (unknown && !options.pin) return machineDecides(key);
  const value = nearest(wanted, given ?? (options.image ? null : now));
  if (value === null) return unknown ? machineDecides(key) : { refusal: noRemedy(key, wanted) };
  const unsafe = unsafeValue(key, value);
  if (unsafe !== null) return { refusal: unsafe };
  if (given !== null && takesAway(given, value, tunable, input)) return lowering(finding, given, value);
  return { line: { key, value, wanted, tunable, reason } };
}

/** A default that the kernel works out from the memory it finds (all triples), or that the init system raises. */
function dependsOnMachine({ key, shape, defaults }: Tunable): boolean {
  return procPath(key) !== null && (shape.kind === 'tuple' || defaults.some(({ value }) => value === null));
}

/** A line for a machine that is not there could lower what that machine would have by itself. */
function machineDecides(key: string): Part {
  return {
    withheld: {
      key,
      code: 'depends-on-machine',
      what: `${key} has a default that depends on the machine the image will run on, and a line could lower it.`,
      remedy: 'Run "tune apply" on that machine, or give --pin to write it down all the same.',
    },
  };
}

/**
 * Would a change take away what somebody gave? The kernel's own default, with no line that says it, is nobody's: a profile
 * that wants less of it wants that.
 */
function takesAway(
  from: Value,
  to: Value,
  tunable: Tunable,
  { snapshot, boot, options }: PlanInput,
): boolean {
  if (options.allowLowering || !isLowering(from, to)) return false;
  if ((boot.outcome(tunable.key)?.winner ?? null) !== null) return true;
  const own = kernelDefault(tunable, snapshot.machine.kernelRelease);
  return own === null || !equalValues(own, from);
}

function lowering(finding: SettingFinding, from: Value, to: Value): Part {
  const { key, level } = finding.setting;
  const what = `${key} would go down from ${show(from)} to ${show(to)}.`;
  const remedy = 'Give --allow-lowering if that is wanted.';
  return level === 'required'
    ? { refusal: { code: 'lowering', subject: key, what, arithmetic: finding.arithmetic, remedy } }
    : { withheld: { key, code: 'lowering', what, remedy } };
}

function noRemedy(key: string, wanted: Relation): Refusal {
  return {
    code: 'no-value',
    subject: key,
    what: `No value of ${key} can be ${wanted.kind}.`,
    arithmetic: [],
    remedy: 'Correct the profile.',
  };
}

function unsafeValue(key: string, value: Value): Refusal | null {
  if (isPlainText(formatValue(value)) || (value.kind === 'portSet' && value.spans.length === 0)) return null;
  return {
    code: 'unsafe-value',
    subject: key,
    what: `The value of ${key} is not one line of printable text: ${JSON.stringify(formatValue(value))}.`,
    arithmetic: [],
    remedy: 'Correct the profile.',
  };
}

function show(value: Value): string {
  return value.kind === 'integer' || value.kind === 'limit' ? formatGrouped(value.n) : formatValue(value);
}
