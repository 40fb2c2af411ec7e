/** Soak reports as the comparison reads them: a soak of 20,000 that passed, changed where a test says so. */
import type { Experiment, ExperimentRuns } from '../../src/evidence/index.ts';
import type { SoakReport } from '../../src/model/soak.ts';

const LATENCY = { samples: 100, every: 16, p50: 10, p90: 20, p99: 50, p999: 80, max: 900 };

type Reconnect = Extract<NonNullable<SoakReport['workload']>, { name: 'reconnect' }>;

export interface Change {
  readonly held?: number;
  readonly verdict?: SoakReport['verdict'];
  readonly connectsPerSecond?: number;
  readonly work?: Partial<Reconnect>;
  readonly counters?: SoakReport['counters'];
}

export function soak({
  held = 20_000,
  verdict,
  connectsPerSecond = 50_000,
  work,
  counters,
}: Change = {}): SoakReport {
  const workload: Reconnect = {
    ...{ name: 'reconnect', startMs: 0, durationMs: 3000, end: 'done', timedOut: 0, failures: [] },
    ...{ connections: 10_000, completed: 10_000, peak: { queuedBytes: 0, timeWait: 10_000 }, counters: {} },
    ...{ closed: 10_000, reopened: 10_000, closeMs: 200, reconnectMs: 200, connectsPerSecond: 45_000 },
    ...{ latency: LATENCY, timeWait: 10_000, timeWaitSkipped: 0, timeWaitReused: 7000, portsMissing: 0 },
    ...work,
  };
  const report = {
    schemaVersion: 1,
    kernelRelease: '6.18.1',
    options: { goal: 20_000 },
    verdict: verdict ?? { state: 'passed' },
    held,
    connects: { attempted: 20_000, established: 20_000, failed: 0, timedOut: 0 },
    plan: { sources: { count: 1 } },
    perAddress: { address: '127.0.0.1', connections: 20_000 },
    rates: { connectsPerSecond, echoesPerSecond: 90_000 },
    latency: { connect: LATENCY, echo: LATENCY },
    workload,
    memory: { kernelPerConnection: 8700 },
    counters: counters ?? {},
  };
  // The rest of a report is not looked at here.
  return report as unknown as SoakReport;
}

export const LIMIT: SoakReport['verdict'] = {
  state: 'failed',
  reason: 'limit',
  blame: {
    ...{ code: 'time-wait-kept', limit: 'ports kept in TIME_WAIT', key: 'net.ipv4.tcp_tw_reuse' },
    ...{ current: '0', needed: '1', evidence: [] },
  },
};

export const EXPERIMENT: Experiment = {
  ...{ key: 'net.ipv4.tcp_tw_reuse', profile: 'gateway-500k', place: 'namespace', workload: 'reconnect' },
  ...{ connections: 20_000, comparison: 'guarded', withoutValue: '0', withValue: null, also: {} },
  ...{ about: 'half closes first', figure: 'reconnect, connects' },
} as const;

export function runs(
  withRuns: readonly SoakReport[],
  withoutRuns: readonly SoakReport[],
  experiment = EXPERIMENT,
): ExperimentRuns {
  return {
    ...{ experiment, kernelRelease: '6.18.1', withValue: '1', withoutValue: '0' },
    commands: ['tune trial', 'tune trial --set'],
    ...{ with: withRuns, without: withoutRuns, observed: null, refused: null },
  };
}

export const three = <T>(make: (index: number) => T): readonly T[] => [make(0), make(1), make(2)];
