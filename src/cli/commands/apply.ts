/** tune apply: the plan, a question on a terminal, the transaction, and a look at what it came to. */
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { makePlanFrom, type PlanRequest, planInput } from '../../change.ts';
import { below } from '../../host/below.ts';
import { linuxHost } from '../../host/linux.ts';
import { linuxWriter } from '../../host/linux-writer.ts';
import type { HostWriter } from '../../host/writer.ts';
import { InputError } from '../../model/error.ts';
import type { Plan } from '../../model/plan.ts';
import { audit } from '../../pipeline.ts';
import { parsePlan, staleFacts } from '../../plan/index.ts';
import { unfinishedText } from '../../report/applied.ts';
import { headline } from '../../report/headline.ts';
import { effectText, KNOB_OUTCOMES, leftoverLines, renderPlan, renderRefusals } from '../../report/plan.ts';
import {
  type ApplyResult,
  apply,
  type ConfirmRequest,
  emit,
  guardInput,
  unfinished,
} from '../../write/index.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { type ApplyFlags, applyFlags, parseFlags } from '../options.ts';
import { selfCommand } from '../self.ts';
import { readInput } from '../target.ts';
import { REVERT_WORD } from '../words.ts';
import { planRequest } from './plan.ts';

const LARGEST_PLAN = 16 << 20;

export async function runApply(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(applyFlags, raw);
  const request = await planRequest(flags);
  const writer = await linuxWriter({ root: request.root === '' ? '/' : request.root });
  const here = await linuxWriter({ root: '/' });
  const unsafe = ownFiles(flags).flatMap((path) => guardInput(resolve(path), here));
  if (unsafe.length > 0) return refuse(io, renderRefusals(unsafe, [], io.width, io.palette));
  const decided = decide(flags, request, io);
  if (typeof decided === 'number') return decided;
  if (flags.emit !== undefined) return emitOnly(decided, flags.emit, io);

  const nothing = decided.writes.length === 0 && decided.files.length === 0;
  if (flags.format === 'human') io.print(renderPlan(decided, io.width, io.palette));
  if (nothing) {
    // An interrupted apply may have come far enough to be in force; it is still one, and rollback would undo it.
    const open = unfinished(below(linuxHost(), request.root));
    const text = open === null ? null : unfinishedText(open);
    if (text !== null) io.complain(`tune: ${text}\n`);
    if (text !== null && open?.why === 'interrupted') return EXIT.couldNotRun;
    if (flags.format === 'json')
      io.print(toJsonText({ kind: 'tune-apply', schemaVersion: 1, outcome: 'nothing-to-do' }));
    return EXIT.asWanted;
  }
  if (!flags.yes && !(await agreed())) {
    io.complain('tune: nothing was changed\n');
    return EXIT.couldNotRun;
  }
  const bootId =
    decided.target === 'host' ? (decided.basis.find((f) => f.id === 'machine:boot-id')?.value ?? null) : null;
  const result = apply(decided, writer, { confirm: confirmRequest(flags, decided), bootId });
  return tell(result, decided, request, writer, flags, io);
}

/** A profile or a plan that others may change decides what root writes: it must be root's own. */
function ownFiles(flags: ApplyFlags): readonly string[] {
  const profile = flags.profile !== undefined && /[/.]/.test(flags.profile) ? [flags.profile] : [];
  return flags.plan === undefined ? profile : [flags.plan];
}

/** The plan, from a file or made now; or the exit code, when it was refused and said so. */
function decide(flags: ApplyFlags, request: PlanRequest, io: Io): Plan | number {
  const emitted = { ...request, options: { ...request.options, target: 'files' as const } };
  const input = planInput(flags.emit === undefined ? request : emitted);
  if (flags.plan !== undefined) {
    const given = parsePlan(readInput(flags.plan, '--plan', LARGEST_PLAN), flags.plan);
    const stale = staleFacts(given, input);
    return stale.length === 0 ? given : refuse(io, renderRefusals([], stale, io.width, io.palette));
  }
  const made = makePlanFrom(input);
  return made.kind === 'plan'
    ? made.plan
    : refuse(io, renderRefusals(made.refusals, [], io.width, io.palette));
}

function refuse(io: Io, text: string): number {
  io.complain(text);
  return EXIT.couldNotRun;
}

/** Never a question without somebody to answer it. */
async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new InputError('there is no terminal to ask on: look at "tune plan", then give --yes', 'apply');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question('Apply this? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}

async function emitOnly(plan: Plan, folder: string, io: Io): Promise<number> {
  const { written, failed } = emit(plan, await linuxWriter({ root: resolve(folder) }));
  io.print(written.map((path) => `${resolve(folder)}${path}\n`).join(''));
  if (failed === null) return EXIT.asWanted;
  throw new InputError(`${failed.path}: ${failed.errno}`, '--emit');
}

function confirmRequest(flags: ApplyFlags, { target }: Plan): ConfirmRequest | null {
  const seconds = flags['confirm-within'];
  if (seconds === null) return null;
  if (target !== 'host') throw new InputError('only for the running host', '--confirm-within');
  return {
    seconds,
    revert: (id) => selfCommand('rollback', '--if-unconfirmed', id),
    watch: (id, wait) => selfCommand(REVERT_WORD, id, String(wait)),
  };
}

function tell(
  result: ApplyResult,
  plan: Plan,
  request: PlanRequest,
  writer: HostWriter,
  flags: ApplyFlags,
  io: Io,
): number {
  if (flags.format === 'json') {
    io.print(toJsonText({ kind: 'tune-apply', schemaVersion: 1, ...result }));
    return exitCodeOf(result);
  }
  switch (result.outcome) {
    case 'nothing-to-do':
      break;
    case 'refused':
      io.complain(renderRefusals(result.refusals, result.stale, io.width, io.palette));
      break;
    case 'undone':
      io.complain(
        [
          `tune: ${result.failure.subject}: ${result.failure.what} (${result.failure.errno ?? 'no errno'}); everything was put back as it was`,
          ...result.kept.map(
            (k) => `tune: but for ${k.subject}, which somebody changed meanwhile: it is ${k.found}`,
          ),
          '',
        ].join('\n'),
      );
      break;
    case 'stopped':
      io.complain(
        [
          `tune: ${result.failure.subject}: ${result.failure.what} (${result.failure.errno ?? 'no errno'}), and not everything could be put back; the journal is ${result.journal}`,
          ...leftoverLines(result.leftovers, io.width),
          '',
        ].join('\n'),
      );
      break;
    case 'applied':
      io.print(appliedText(result, plan, request, writer));
  }
  return exitCodeOf(result);
}

function appliedText(
  result: Extract<ApplyResult, { outcome: 'applied' }>,
  plan: Plan,
  { host, profile, goal, root }: PlanRequest,
  _writer: HostWriter,
): string {
  const changed = result.knobs
    .filter((k) => k.outcome !== 'stored')
    .map((k) => `${k.key}: ${KNOB_OUTCOMES[k.outcome]} (${k.held ?? '?'})`);
  const sessions = result.sessions.map(
    (s) => `a session of ${s.user}: ${s.outcome}${s.hard === null ? '' : `, nofile ${s.soft}:${s.hard}`}`,
  );
  const after =
    plan.target === 'host'
      ? [headline(audit({ host, subject: { by: 'parent' }, root, profile, goal, only: [], ignore: [] }))]
      : [];
  return [
    `Applied as ${result.id}; the way back is "tune rollback".`,
    ...changed,
    ...sessions,
    ...plan.effects.map(effectText),
    ...(result.confirm === null
      ? []
      : [`Run "tune confirm" before ${result.confirm.deadline}, or it is all put back.`]),
    ...after,
    '',
  ].join('\n');
}

function exitCodeOf(result: ApplyResult): number {
  if (result.outcome === 'applied' || result.outcome === 'nothing-to-do') return EXIT.asWanted;
  return result.outcome === 'stopped' ? EXIT.partWay : EXIT.couldNotRun;
}
