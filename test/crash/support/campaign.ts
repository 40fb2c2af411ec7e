/**
 * Runs in a network namespace of its own: for every chosen system call of an apply (or a rollback), the state before,
 * the run that dies there, `tune rollback`, and a comparison. Prints one JSON summary.
 *
 *   unshare -n node campaign.cjs kill-apply|kill-rollback|fail-apply|fail-rollback DIRECTORY LIMIT|all SEED
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { formatPlan } from '../../../src/plan/document.ts';
import { crashPlan, makeRoot, pictureOf, setRealKeys } from './layout.ts';
import { CALLS, choose, type Point, pointsOf } from './trace.ts';

const ERRNOS = ['ENOSPC', 'EROFS', 'EACCES', 'EIO'] as const;
/** Seconds; an error in Node's own wake-up pipes can leave a run hanging, which then counts as having died. */
const RUN_TIMEOUT = '20';

export interface Summary {
  readonly campaign: string;
  /** System calls that the run makes in its transaction, and how many of them write. */
  readonly calls: number;
  readonly writing: number;
  readonly tried: number;
  /** Tries after which files or keys were not as before until rollback ran: the ones that prove something. */
  readonly changed: number;
  /** How the interrupted run ended, and what rollback then said. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

const [, , campaign = '', directory = '', limit = 'all', seed = '1'] = process.argv;
const worker = join(directory, 'worker.cjs');
const home = join(directory, campaign);
const planFile = join(home, 'plan.json');
const root = join(home, 'root');
const applied = join(home, 'applied');
const trace = join(home, 'trace');
const plan = crashPlan();

interface Run {
  readonly killed: boolean;
  /** The outcome that the worker printed; null when it died before. */
  readonly outcome: string | null;
}

function run(command: string, strace: readonly string[] = []): Run {
  const argv = [process.execPath, worker, command, root, planFile];
  const traced = strace.length === 0 ? argv : ['strace', ...strace, ...argv];
  // timeout(1) ends the whole group: a worker that outlives its strace would hold the lock.
  const child = spawnSync('timeout', ['-s', 'KILL', RUN_TIMEOUT, ...traced], { encoding: 'utf8' });
  const line = child.stdout.trim();
  // An error where Node expects none (waking its own threads) ends it as surely as a signal.
  const killed = child.signal !== null || (child.status ?? 0) > 127 || line === '';
  return { killed, outcome: line === '' ? null : JSON.parse(line).outcome };
}

/** The state before an apply, or after one; copied, not made again, so that each try starts from the same bytes. */
function reset(command: 'apply' | 'rollback'): void {
  if (command === 'apply') {
    makeRoot(root);
    setRealKeys(null);
    return;
  }
  fs.rmSync(root, { recursive: true, force: true });
  execFileSync('cp', ['-a', applied, root]);
  setRealKeys(plan);
}

fs.mkdirSync(home, { recursive: true });
fs.writeFileSync(planFile, formatPlan(plan));
const command = campaign.endsWith('apply') ? 'apply' : 'rollback';
reset('apply');
const before = pictureOf(root);
const first = run('apply');
if (first.outcome !== 'applied') throw new Error(`the plan does not apply: ${first.outcome}`);
const after = pictureOf(root);
fs.rmSync(applied, { recursive: true, force: true });
execFileSync('cp', ['-a', root, applied]);

reset(command);
run(command, ['-y', '-o', trace, '-e', `trace=${CALLS.join(',')}`]);
const all = pointsOf(trace, root);
const eligible = campaign.startsWith('kill') ? all : all.filter(({ target }) => target !== null);
const points = choose(eligible, limit === 'all' ? eligible.length : Number(limit), Number(seed));

/** What each outcome promises of the state; the others (stopped, died) leave it to the rollback that follows. */
const STATES: Readonly<Record<string, string>> =
  command === 'apply'
    ? { applied: after, undone: before, refused: before }
    : { 'rolled-back': before, refused: after };
const outcomes = new Map<string, number>();
const wrong: string[] = [];
let changed = 0;
const count = (what: string) => outcomes.set(what, (outcomes.get(what) ?? 0) + 1);

for (const [i, point] of points.entries()) {
  if (campaign.startsWith('kill')) kill(point);
  else
    for (const errno of limit === 'all' ? ERRNOS : [ERRNOS[i % ERRNOS.length] ?? 'EIO']) fail(point, errno);
}
const summary: Summary = {
  campaign,
  calls: all.length,
  writing: all.filter(({ target }) => target !== null).length,
  tried: [...outcomes.values()].reduce((sum, n) => sum + n, 0),
  changed,
  outcomes: Object.fromEntries([...outcomes].sort()),
  wrong,
};
process.stdout.write(`${JSON.stringify(summary)}\n`);

/** Dies at the point; then one rollback must bring back every byte. */
function kill({ call, n }: Point): void {
  reset(command);
  const died = run(command, inject(call, n, 'signal=KILL', null));
  if (pictureOf(root) !== before) changed++;
  const back = run('rollback');
  const exact = pictureOf(root) === before;
  count(`${died.killed ? 'killed' : `ended: ${died.outcome}`}, rollback: ${back.outcome}`);
  if (!exact) wrong.push(`${call} #${n}: not as before`);
}

/** The call fails once: the run must end as before or complete, and say which. */
function fail({ call, target }: Point, errno: string): void {
  if (target === null) throw new Error('only calls on a file can fail');
  const where = `${call} #${target.n} of ${target.path} ${errno}`;
  reset(command);
  const ended = run(command, inject(call, target.n, `error=${errno}`, target.path));
  const now = pictureOf(root);
  if (now !== before) changed++;
  const promised = STATES[ended.outcome ?? ''];
  // Files that this run wrote are younger than those of the run that made `after`.
  const same = promised === after ? withoutTimes(now) === withoutTimes(after) : now === promised;
  if (promised !== undefined && !same) {
    wrong.push(`${where}: says ${ended.outcome}, and it is not so`);
  }
  run('rollback');
  if (pictureOf(root) !== before) wrong.push(`${where}: not as before after rollback`);
  count(`${errno}: ${ended.outcome ?? 'died'}`);
}

function withoutTimes(picture: string): string {
  return picture.replace(/^(\S+ \d+ \d+:\d+ \d+) \d+ /gm, '$1 ');
}

function inject(call: string, n: number, what: string, path: string | null): readonly string[] {
  const only = path === null ? [] : ['-P', path];
  return ['-o', '/dev/null', ...only, '-e', `trace=${call}`, '-e', `inject=${call}:${what}:when=${n}`];
}
