/** From the reports of `tune verify` and `tune trial` to the few figures that are kept. Pure. */
import type { Blame, SoakReport } from '../../src/model/soak.ts';
import type { TrialReport } from '../../src/model/trial.ts';
import type { VerifyReport } from '../../src/model/verify.ts';
import { grouped, INCONCLUSIVE } from '../../src/report/soak-wording.ts';
import { describeWorkload } from '../../src/report/soak-workload-human.ts';
import type { Proof } from './proof.ts';

type Outcome = Pick<Proof, 'verdict' | 'survival' | 'soak'>;

/** The soak of a trial is all it proves. */
export function ofTrial({ trials }: TrialReport): Outcome {
  const soak = trials[0]?.soak;
  if (soak === undefined || trials.length !== 1)
    throw new Error(`one trial was asked for, not ${trials.length}`);
  return { verdict: whyOf(soak), survival: null, soak: ofSoak(soak) };
}

/** A verification proves that the settings survived as well, so its verdict stands above its soak's. */
export function ofVerification({ reboot, settings, soak, verdict }: VerifyReport): Outcome {
  const count = (...states: VerifyReport['settings'][number]['state'][]) =>
    settings.filter(({ state }) => states.includes(state)).length;
  return {
    verdict: { state: verdict.state, why: verdict.state === 'passed' ? null : whyNot(verdict.reasons, soak) },
    survival: {
      rebooted: reboot === 'rebooted',
      held: count('held'),
      left: count('not-applied'),
      lost: count('lost', 'will-be-lost', 'unreadable'),
    },
    soak: soak.state === 'ran' ? ofSoak(soak.report) : null,
  };
}

function whyNot(reasons: readonly string[], soak: VerifyReport['soak']): string {
  const detail =
    soak.state === 'ran' ? whyOf(soak.report).why : soak.state === 'impossible' ? soak.why : null;
  return [reasons.join(', '), ...(detail === null ? [] : [detail])].join(': ');
}

function whyOf({ verdict, workload }: SoakReport): Proof['verdict'] {
  if (verdict.state === 'passed') return { state: 'passed', why: null };
  const reason = verdict.state === 'failed' ? verdict.reason : INCONCLUSIVE[verdict.reason];
  const blamed = verdict.blame === null ? [] : [blameText(verdict.blame)];
  const done = workload === null || workload.end === 'done' ? [] : describeWorkload(workload);
  return { state: verdict.state, why: [reason, ...blamed, ...done].join('; ') };
}

function blameText({ key, current, limit, evidence }: Blame): string {
  const value = current === null ? '' : ` = ${current}`;
  return `${limit} (${key}${value})${evidence.length === 0 ? '' : `: ${evidence.join('; ')}`}`;
}

function ofSoak(report: SoakReport): NonNullable<Proof['soak']> {
  const { options, plan, held, rates, memory, agreement, timeline } = report;
  const free = timeline.map(({ freeBytes }) => freeBytes);
  return {
    workload: options.workload,
    mode: options.mode,
    servers: plan.servers,
    clients: plan.clients,
    held,
    connectsPerSecond: Math.round(rates.connectsPerSecond),
    echoesPerSecond: Math.round(rates.echoesPerSecond),
    kernelBytesPerConnection: slabPerConnection(memory),
    processBytesPerConnection: memory.processPerConnection,
    resident: memory.resident,
    leastFree: free.length === 0 ? null : Math.min(...free),
    sockets: agreement.kernel.find(({ source }) => source === 'sockstat')?.sockets ?? null,
    countsAgree: agreement.agrees,
    figure: figureOf(report),
  };
}

/** What the workload did and what it took; of an idle soak, its last sweep. */
function figureOf({ workload, sweeps }: SoakReport): string {
  if (workload !== null) return describeWorkload(workload).slice(0, 2).join('; ');
  const sweep = sweeps.at(-1);
  if (sweep === undefined) return 'not swept';
  return `${grouped(sweep.answered)} of ${grouped(sweep.sent)} answered a sweep in ${(sweep.durationMs / 1000).toFixed(1)} s`;
}

/** All that slab grew by, as in the runs of before the report told /proc entries apart. */
function slabPerConnection({
  kernelPerConnection,
  procEntriesPerConnection,
}: SoakReport['memory']): number | null {
  if (kernelPerConnection === null) return null;
  return Math.round((kernelPerConnection + (procEntriesPerConnection ?? 0)) * 10) / 10;
}
