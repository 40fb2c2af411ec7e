/** Two soaks side by side: the figures that a setting can move. Pure. */
import type { SoakReport } from '../model/soak.ts';
import type { Difference } from '../model/trial.ts';

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly of: (report: SoakReport) => number | null;
}

const FIGURES: readonly Figure[] = [
  { name: 'connections held', unit: '', of: (r) => r.held },
  { name: 'connects failed or timed out', unit: '', of: (r) => r.connects.failed + r.connects.timedOut },
  { name: 'connects per second', unit: '/s', of: (r) => r.rates.connectsPerSecond },
  { name: 'echoes per second', unit: '/s', of: (r) => r.rates.echoesPerSecond },
  { name: 'connect, median', unit: 'µs', of: (r) => r.latency.connect.p50 },
  { name: 'connect, 99th percentile', unit: 'µs', of: (r) => r.latency.connect.p99 },
  { name: 'connect, longest', unit: 'µs', of: (r) => r.latency.connect.max },
  { name: 'echo, median', unit: 'µs', of: (r) => r.latency.echo.p50 },
  { name: 'echo, 99th percentile', unit: 'µs', of: (r) => r.latency.echo.p99 },
  { name: 'kernel memory per connection', unit: 'B', of: (r) => r.memory.kernelPerConnection },
  { name: 'connections from one address', unit: '', of: (r) => r.perAddress.connections },
  { name: 'source addresses needed', unit: '', of: (r) => r.plan.sources.count },
];

/** Counters whose very movement is news; others move with the work. */
const TROUBLE = /Drop|Overflow|Abort|Fail|Timeouts|Retrans|Pressure|SyncookiesSent|ReqQFull|Prune|Collaps/;

export function compareSoaks(first: SoakReport, second: SoakReport): readonly Difference[] {
  const figures = FIGURES.map(({ name, unit, of }) => difference(name, unit, of(first), of(second)));
  const names = [...new Set([first, second].flatMap(({ counters }) => Object.keys(counters)))];
  const counters = names
    .filter((name) => TROUBLE.test(name))
    .sort()
    .map((name) => difference(name, '', first.counters[name] ?? 0, second.counters[name] ?? 0))
    .filter(({ values: [a, b] }) => a !== b);
  return [...figures, ...counters];
}

function difference(figure: string, unit: string, a: number | null, b: number | null): Difference {
  const percent = a === null || b === null || a === 0 ? null : Math.round((b / a - 1) * 1000) / 10;
  return { figure, unit, values: [a, b], percent };
}
