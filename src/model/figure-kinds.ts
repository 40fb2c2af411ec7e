/** The figures of a soak that a setting can move, and what it takes to believe that it did. Pure. */
import type { SoakReport } from './soak.ts';

/** A figure, where its medians must differ by a share of the one with the setting, and by an absolute amount. */
export interface FigureKind {
  readonly name: string;
  readonly unit: string;
  /** neither: a difference that is neither good nor bad, told but never deciding. */
  readonly better: 'higher' | 'lower' | 'neither';
  readonly margin: number;
  readonly least: number;
  /** Tails of latencies jump about from run to run: three runs a side never say enough of them. */
  readonly isNoisy: boolean;
  readonly of: (report: SoakReport) => number | null;
}

export const LOST = 'connections lost';
export const HELD = 'connections held';

/** Growth of slab divided by so few connections says nothing: what other programs free meanwhile is more. */
const LEAST_FOR_MEMORY = 10_000;

type Work<Name extends string> = Extract<NonNullable<SoakReport['workload']>, { name: Name }>;

function work<Name extends NonNullable<SoakReport['workload']>['name']>(
  name: Name,
  of: (figures: Work<Name>) => number,
): (report: SoakReport) => number | null {
  return ({ workload }) => (workload?.name === name ? of(workload as Work<Name>) : null);
}

const COUNT = { unit: '', margin: 0, isNoisy: false } as const;
const RATE = { unit: '/s', better: 'higher', margin: 0.1, least: 0, isNoisy: false } as const;
const TIME = { unit: 'µs', better: 'lower', margin: 0.25, least: 20, isNoisy: false } as const;
const TAIL = { ...TIME, margin: 0.5, isNoisy: true } as const;

export const FIGURES: readonly FigureKind[] = [
  { ...COUNT, name: HELD, better: 'higher', least: 1, of: (r) => r.held },
  {
    ...COUNT,
    name: 'connects failed or timed out',
    better: 'lower',
    least: 1,
    of: (r) => r.connects.failed + r.connects.timedOut,
  },
  {
    ...COUNT,
    name: LOST,
    better: 'lower',
    least: 1,
    of: ({ workload }) => (workload === null ? null : workload.connections - workload.completed),
  },
  {
    ...COUNT,
    name: 'connections from one address',
    better: 'higher',
    margin: 0.05,
    least: 1,
    of: (r) => r.perAddress.connections,
  },

  // ── Broadcast ───────────────────────────────────────────────────────────────────────────────────────────────────
  { ...RATE, name: 'broadcast', unit: 'MB/s', of: work('broadcast', (w) => w.megabytesPerSecond) },
  {
    ...COUNT,
    name: 'blocked writes',
    better: 'neither',
    least: 1,
    of: work('broadcast', (w) => w.blockedWrites),
  },

  // ── Burst, reconnect and gateway ────────────────────────────────────────────────────────────────────────────────
  { ...RATE, name: 'burst, connects', of: work('burst', (w) => w.connectsPerSecond) },
  { ...TAIL, name: 'burst, 99th percentile', of: work('burst', (w) => w.latency.p99) },
  {
    ...COUNT,
    name: 'arrivals that met a full accept queue',
    better: 'lower',
    margin: 0.1,
    least: 10,
    of: work('burst', (w) => w.listenOverflows),
  },
  {
    ...COUNT,
    name: 'arrivals dropped by the SYN queue',
    better: 'lower',
    margin: 0.1,
    least: 10,
    of: work('burst', (w) => w.requestQueueDrops),
  },
  {
    ...COUNT,
    name: 'SYN cookies sent',
    better: 'neither',
    least: 1,
    of: work('burst', (w) => w.syncookiesSent),
  },
  { ...RATE, name: 'reconnect, connects', of: work('reconnect', (w) => w.connectsPerSecond) },
  { ...TAIL, name: 'reconnect, 99th percentile', of: work('reconnect', (w) => w.latency.p99) },
  {
    ...COUNT,
    name: 'TIME_WAIT states skipped',
    better: 'lower',
    margin: 0.1,
    least: 10,
    of: work('reconnect', (w) => w.timeWaitSkipped),
  },
  {
    ...COUNT,
    name: 'TIME_WAIT ports reused',
    better: 'neither',
    margin: 0.1,
    least: 10,
    of: work('reconnect', (w) => w.timeWaitReused),
  },
  { ...RATE, name: 'gateway, connects', of: work('gateway', (w) => w.connectsPerSecond) },
  { ...TAIL, name: 'gateway, 99th percentile', of: work('gateway', (w) => w.latency.p99) },
  {
    ...COUNT,
    name: 'upstream addresses needed',
    better: 'lower',
    margin: 0.05,
    least: 1,
    of: work('gateway', (w) => w.upstreams),
  },
  {
    ...COUNT,
    name: 'connects without a port',
    better: 'lower',
    margin: 0.1,
    least: 10,
    of: (r) => (r.workload !== null && 'portsMissing' in r.workload ? r.workload.portsMissing : null),
  },

  // ── Slow readers ────────────────────────────────────────────────────────────────────────────────────────────────
  {
    ...COUNT,
    name: 'memory for each slow reader',
    unit: 'B',
    better: 'lower',
    margin: 0.05,
    least: 4096,
    of: work('slow-readers', (w) => w.memoryPerConnection),
  },
  {
    ...COUNT,
    name: 'written to each slow reader',
    unit: 'B',
    better: 'neither',
    margin: 0.05,
    least: 4096,
    of: work('slow-readers', (w) => w.bytesPerConnection),
  },
  {
    name: 'slow readers, drained',
    unit: 'MB/s',
    better: 'higher',
    margin: 0.1,
    least: 1,
    isNoisy: false,
    of: work('slow-readers', (w) => (w.drainMs > 0 ? Math.round(w.bytes / w.drainMs / 100) / 10 : 0)),
  },

  // ── The connections themselves ──────────────────────────────────────────────────────────────────────────────────
  { ...RATE, name: 'connects', of: (r) => r.rates.connectsPerSecond },
  { ...RATE, name: 'echoes', of: (r) => r.rates.echoesPerSecond },
  { ...TIME, name: 'connect, median', of: (r) => r.latency.connect.p50 },
  { ...TAIL, name: 'connect, 99th percentile', of: (r) => r.latency.connect.p99 },
  { ...TIME, name: 'echo, median', of: (r) => r.latency.echo.p50 },
  { ...TAIL, name: 'echo, 99th percentile', of: (r) => r.latency.echo.p99 },
  {
    ...COUNT,
    name: 'kernel memory per connection',
    unit: 'B',
    better: 'lower',
    margin: 0.05,
    least: 100,
    of: (r) => (r.connects.established < LEAST_FOR_MEMORY ? null : r.memory.kernelPerConnection),
  },
];

/** Counters whose movement is trouble, and some that only tell what happened. */
export const COUNTERS: readonly FigureKind[] = [
  ...['TCPAbortOnMemory', 'TCPRcvQDrop', 'PruneCalled', 'RcvPruned', 'TCPMemoryPressures'].map((name) =>
    counter(`TcpExt.${name}`, 'lower'),
  ),
  ...['TcpExt.TCPTimeouts', 'Tcp.RetransSegs', 'Tcp.EstabResets', 'TcpExt.TCPReqQFullDoCookies'].map((name) =>
    counter(name, 'neither'),
  ),
];

function counter(name: string, better: FigureKind['better']): FigureKind {
  return { ...COUNT, name, better, margin: 0.25, least: 10, of: (r) => r.counters[name] ?? 0 };
}
