/** The published form of a workload's part of a soak's report. */
import * as z from 'zod/mini';

const number = z.number();
const text = z.string();
const counts = z.record(z.string(), number);

export const percentiles = z.strictObject({
  samples: number,
  every: number,
  p50: number,
  p90: number,
  p99: number,
  p999: number,
  max: number,
});

export const callFailure = z.strictObject({
  side: z.enum(['client', 'server']),
  call: text,
  errno: text,
  count: number,
});

const common = {
  startMs: number,
  durationMs: number,
  end: z.enum(['done', 'at-limit', 'stalled', 'late', 'halted']),
  connections: number,
  completed: number,
  timedOut: number,
  failures: z.array(callFailure),
  peak: z.strictObject({ queuedBytes: number, timeWait: number }),
  counters: counts,
};

export const workload = z.nullable(
  z.union([
    z.strictObject({
      ...common,
      name: z.literal('broadcast'),
      messageBytes: number,
      delivered: number,
      bytes: number,
      megabytesPerSecond: number,
      sendMs: number,
      blockedWrites: number,
    }),
    z.strictObject({
      ...common,
      name: z.literal('burst'),
      closed: number,
      reopened: number,
      reconnectMs: number,
      connectsPerSecond: number,
      latency: percentiles,
      listenOverflows: number,
      listenDrops: number,
      requestQueueDrops: number,
      syncookiesSent: number,
    }),
    z.strictObject({
      ...common,
      name: z.literal('reconnect'),
      closed: number,
      reopened: number,
      closeMs: number,
      reconnectMs: number,
      connectsPerSecond: number,
      latency: percentiles,
      timeWait: number,
      timeWaitSkipped: number,
      timeWaitReused: number,
      portsMissing: number,
    }),
    z.strictObject({
      ...common,
      name: z.literal('slow-readers'),
      bytes: number,
      bytesPerConnection: number,
      memoryPerConnection: number,
      fillMs: number,
      waitMs: number,
      drainMs: number,
      leftBytes: number,
      memoryPressures: number,
    }),
    z.strictObject({
      ...common,
      name: z.literal('gateway'),
      upstreams: number,
      opened: number,
      taken: number,
      openMs: number,
      connectsPerSecond: number,
      latency: percentiles,
      portsMissing: number,
    }),
  ]),
);
