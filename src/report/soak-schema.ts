/** The published form of a soak's report, in zod; `docs/schema/soak.json` is generated from it. */
import * as z from 'zod/mini';
import type { SoakReport } from '../model/soak.ts';
import { WORKLOADS } from '../model/soak-workload.ts';
import { callFailure, percentiles, workload } from './soak-workload-schema.ts';

const text = z.string();
const number = z.number();
const maybeNumber = z.nullable(number);
const counts = z.record(z.string(), number);
const claim = z.strictObject({ code: text, args: z.record(z.string(), z.union([text, number])) });

const options = z.strictObject({
  goal: number,
  mode: z.enum(['strict', 'spread']),
  namespace: z.boolean(),
  family: z.union([z.literal(4), z.literal(6)]),
  address: text,
  port: number,
  maxSources: maybeNumber,
  holdMs: number,
  sweepEveryMs: number,
  workload: z.enum(WORKLOADS),
  messageBytes: number,
  connectTimeoutMs: number,
  echoTimeoutMs: number,
  stallMs: number,
  parallel: maybeNumber,
  window: number,
  backlog: number,
  seed: number,
  force: z.boolean(),
});

const memoryEstimate = z.strictObject({
  kernelPerConnection: number,
  basis: z.enum(['slabinfo', 'table']),
  kernel: number,
  processes: number,
  needed: number,
  memAvailable: number,
  overstated: number,
  cgroupFree: maybeNumber,
  free: number,
  floor: number,
});

const plan = z.strictObject({
  server: z.strictObject({ address: text, port: number }),
  portRange: z.strictObject({ low: number, high: number }),
  portsReserved: number,
  portsListening: number,
  portsPerSource: number,
  sources: z.strictObject({ first: text, last: text, count: number }),
  capacity: number,
  clients: number,
  servers: number,
  upstream: z.nullable(
    z.strictObject({ first: text, last: text, count: number, port: number, processes: number }),
  ),
  socketsPerProcess: number,
  parallel: number,
  memory: memoryEstimate,
});

const blame = z.nullable(
  z.strictObject({
    code: text,
    limit: text,
    key: text,
    current: z.nullable(text),
    needed: z.nullable(text),
    evidence: z.array(text),
  }),
);

const verdict = z.union([
  z.strictObject({ state: z.literal('passed') }),
  z.strictObject({
    state: z.literal('failed'),
    reason: z.enum(['limit', 'workload-incomplete', 'dead-connections', 'counts-disagree']),
    blame,
  }),
  z.strictObject({ state: z.literal('inconclusive'), reason: text, blame }),
]);

export const soakDocument = z.strictObject({
  schemaVersion: z.literal(1),
  startedAt: text,
  kernelRelease: text,
  options,
  plan,
  verdict,
  held: number,
  heldMs: number,
  phases: z.array(
    z.strictObject({
      phase: z.enum(['prepare', 'ramp', 'workload', 'hold', 'sweep', 'drain']),
      startMs: number,
      durationMs: number,
    }),
  ),
  connects: z.strictObject({
    attempted: number,
    established: number,
    failed: number,
    failedByErrno: counts,
    timedOut: number,
    portsSkipped: number,
    accepted: number,
  }),
  sweeps: z.array(
    z.strictObject({
      startMs: number,
      durationMs: number,
      sent: number,
      answered: number,
      failed: number,
      failedByErrno: counts,
      timedOut: number,
      mismatched: number,
      echoesPerSecond: number,
    }),
  ),
  failures: z.array(callFailure),
  agreement: z.strictObject({
    own: number,
    accepted: number,
    kernel: z.array(
      z.strictObject({
        source: z.enum(['sockstat', 'snmp.CurrEstab', 'ss -s', 'file-nr']),
        sockets: number,
        connections: number,
        tolerance: number,
        agrees: z.boolean(),
      }),
    ),
    agrees: z.boolean(),
  }),
  perAddress: z.strictObject({ address: text, connections: number }),
  rates: z.strictObject({ connectsPerSecond: number, echoesPerSecond: number }),
  latency: z.strictObject({ connect: percentiles, echo: percentiles }),
  workload,
  memory: z.strictObject({
    kernelPerConnection: maybeNumber,
    procEntriesPerConnection: maybeNumber,
    slab: counts,
    freePerConnection: maybeNumber,
    clientPerConnection: maybeNumber,
    serverPerConnection: maybeNumber,
    processPerConnection: maybeNumber,
    resident: number,
  }),
  counters: counts,
  generator: z.strictObject({
    cpus: number,
    clientCpuSeconds: number,
    serverCpuSeconds: number,
    cpuShare: number,
    longestSliceMs: number,
    loopLagMs: z.strictObject({ p50: number, p99: number, max: number }),
    pacedMs: number,
    pressure: z.nullable(z.strictObject({ cpu: number, memory: number, io: number })),
  }),
  timeline: z.array(
    z.strictObject({ atMs: number, established: number, sockets: number, freeBytes: number }),
  ),
  proven: z.array(claim),
  notProven: z.array(claim),
  lostWorkers: z.array(
    z.strictObject({
      role: z.enum(['client', 'server', 'upstream']),
      index: number,
      pid: number,
      exitCode: maybeNumber,
      signal: z.nullable(text),
    }),
  ),
  leftover: z.strictObject({ sockets: number, timeWait: number }),
});

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A report always is such a document: a field that only one side knows does not compile. */
export const asDocument = (report: SoakReport): Frozen<z.infer<typeof soakDocument>> => report;

export function soakJsonSchema(): Record<string, unknown> {
  return {
    $id: 'https://tune.invalid/schema/soak.json',
    title: 'tune soak',
    ...z.toJSONSchema(soakDocument, { reused: 'ref' }),
  };
}
