/** What a soak's outcome means. Pure. */
import type {
  Agreement,
  Claim,
  NotProvenCode,
  ProvenCode,
  SoakOptions,
  SoakVerdict,
  SweepTally,
  WorkerEnd,
  WorkloadReport,
} from '../model/soak.ts';
import { connectionsEach } from '../model/soak-workload.ts';
import type { Judged } from './blame.ts';

/** Why the ramp or the hold ended before its time. */
export type Halt = 'interrupted' | 'memory-floor' | 'trouble' | 'lost-worker' | 'stalled';

export interface Outcome {
  readonly options: SoakOptions;
  readonly established: number;
  readonly held: number;
  readonly heldMs: number;
  readonly halt: Halt | null;
  readonly sweeps: readonly SweepTally[];
  readonly agreement: Agreement;
  readonly judged: Judged | null;
  /** null for an idle soak. */
  readonly workload: WorkloadReport | null;
  readonly lostWorkers: readonly WorkerEnd[];
}

/** passed needs everything: all connections, the whole hold, a clean last sweep, counts that agree. */
export function judge(outcome: Outcome): SoakVerdict {
  const { options, established, held, halt, judged } = outcome;
  const blame = judged?.blame ?? null;
  if (halt === 'interrupted') return { state: 'inconclusive', reason: 'interrupted', blame };
  if (judged !== null) {
    if (judged.judges === 'host') return { state: 'failed', reason: 'limit', blame };
    if (halt === 'memory-floor') return { state: 'inconclusive', reason: 'memory-floor', blame };
    const reason = judged.judges === 'generator' ? 'generator-limit' : 'machine-limit';
    return { state: 'inconclusive', reason, blame };
  }
  if (halt === 'memory-floor') return { state: 'inconclusive', reason: 'memory-floor', blame };
  const lost = outcome.lostWorkers[0];
  if (lost !== undefined) {
    return {
      state: 'inconclusive',
      reason: lost.signal === null ? 'worker-crashed' : 'worker-killed',
      blame,
    };
  }
  const isEveryoneUp = established === options.goal;
  const { workload } = outcome;
  // Before the rest: what it did not get to cannot have come through it, nor answer.
  if (isEveryoneUp && workload?.end === 'late') {
    return { state: 'inconclusive', reason: 'workload-late', blame };
  }
  if (
    isEveryoneUp &&
    workload !== null &&
    (workload.end !== 'done' || workload.completed < workload.connections)
  ) {
    return { state: 'failed', reason: 'workload-incomplete', blame };
  }
  if (isEveryoneUp && outcome.sweeps.some((sweep) => sweep.answered < sweep.sent)) {
    return { state: 'failed', reason: 'dead-connections', blame };
  }
  if (halt === 'stalled') return { state: 'inconclusive', reason: 'stalled', blame };
  if (!isEveryoneUp || held !== options.goal) return { state: 'inconclusive', reason: 'unexplained', blame };
  if (!outcome.agreement.agrees) return { state: 'failed', reason: 'counts-disagree', blame };
  return { state: 'passed' };
}

const LEGEND = 65_535;
const LONG_HOLD_MS = 10 * 60_000;

/** What a run like this one shows, as codes with their numbers. */
export function claims(outcome: Outcome): {
  readonly proven: readonly Claim<ProvenCode>[];
  readonly notProven: readonly Claim<NotProvenCode>[];
} {
  const { options, held, heldMs, agreement } = outcome;
  const proven: Claim<ProvenCode>[] = [];
  const notProven: Claim<NotProvenCode>[] = [];
  const prove = (code: ProvenCode, args: Claim<string>['args']) => proven.push({ code, args });
  const doubt = (code: NotProvenCode, args: Claim<string>['args'] = {}) => notProven.push({ code, args });
  const last = outcome.sweeps.at(-1);
  const isClean = last !== undefined && last.sent > 0 && last.answered === last.sent;

  const each = connectionsEach(options.workload);
  if (held > 0) prove('connections-held', { connections: each * held, sockets: 2 * each * held });
  if (isClean) prove('every-socket-echoed', { connections: last.answered, sweeps: outcome.sweeps.length });
  if (held > 0 && agreement.agrees) prove('kernel-agrees', { connections: agreement.own });
  const { workload } = outcome;
  if (workload !== null && workload.end === 'done' && workload.completed === workload.connections) {
    prove('workload-done', { name: workload.name, connections: workload.completed });
  }
  if (isClean && heldMs > 0)
    prove('held-for-duration', { connections: held, seconds: Math.floor(heldMs / 1000) });
  if (held > LEGEND) prove('beyond-64k-to-one-endpoint', { connections: held });
  if (options.mode === 'strict' && held > 0) prove('nofile-of-one-process', { sockets: each * held });

  if (options.mode === 'spread') doubt('nofile-of-one-process');
  if (options.namespace) doubt('host-net-settings');
  doubt('network-path');
  doubt('conntrack');
  doubt('other-address-family', { tested: options.family });
  if (heldMs < LONG_HOLD_MS) doubt('long-hold', { seconds: Math.floor(heldMs / 1000) });
  doubt('application-memory');
  doubt('survives-reboot');
  return { proven, notProven };
}
