/** The workload's part of a soak's report for a person: one line of what was done, one of what it took. */
import type { Percentiles, WorkloadReport } from '../model/soak.ts';
import { grouped, WORKLOAD } from './soak-wording.ts';

/** Sentences, the first of which says what the workload did. */
export function describeWorkload(work: WorkloadReport): readonly string[] {
  const took = `${grouped(work.completed)} of ${grouped(work.connections)} connections`;
  const end = work.end === 'done' ? '' : `; ${ENDS[work.end]}`;
  return [`${WORKLOAD[work.name]}: ${took} in ${seconds(work.durationMs)}${end}`, ...details(work)];
}

const ENDS: Readonly<Record<Exclude<WorkloadReport['end'], 'done'>, string>> = {
  'at-limit': 'stopped at a limit of memory',
  stalled: 'nothing moved any more',
  late: 'its time was over, and it still moved',
  halted: 'the soak was stopped',
};

function details(work: WorkloadReport): readonly string[] {
  const peak = `at most ${bytes(work.peak.queuedBytes)} queued on the machine`;
  switch (work.name) {
    case 'broadcast':
      return [
        `${grouped(work.delivered)} messages of ${grouped(work.messageBytes)} B, ${work.megabytesPerSecond} MB/s; all written after ${seconds(work.sendMs)}`,
        `${peak}; ${grouped(work.blockedWrites)} writes did not fit the send buffer`,
      ];
    case 'burst':
      return [
        `${grouped(work.reopened)} came back in ${seconds(work.reconnectMs)}, ${grouped(work.connectsPerSecond)}/s; ${latency(work.latency)}`,
        `ListenOverflows ${grouped(work.listenOverflows)}, ListenDrops ${grouped(work.listenDrops)}, TCPReqQFullDrop ${grouped(work.requestQueueDrops)}, SYN cookies ${grouped(work.syncookiesSent)}`,
      ];
    case 'reconnect':
      return [
        `${grouped(work.closed)} closed in ${seconds(work.closeMs)}, ${grouped(work.reopened)} opened again in ${seconds(work.reconnectMs)}, ${grouped(work.connectsPerSecond)}/s; ${latency(work.latency)}`,
        `${grouped(work.timeWait)} in TIME_WAIT, ${grouped(work.timeWaitReused)} of them reused, ${grouped(work.timeWaitSkipped)} left out for tcp_max_tw_buckets; ${grouped(work.portsMissing)} connects found no port`,
      ];
    case 'gateway':
      return [
        `${grouped(work.opened)} upstream connections to ${grouped(work.upstreams)} address${work.upstreams === 1 ? '' : 'es'} in ${seconds(work.openMs)}, ${grouped(work.connectsPerSecond)}/s; ${latency(work.latency)}`,
        `${grouped(work.taken)} taken by the upstreams; ${grouped(work.portsMissing)} connects found no port`,
      ];
    case 'slow-readers':
      return [
        `${bytes(work.bytesPerConnection)} fit into the buffers of each, which took ${bytes(work.memoryPerConnection)} of kernel memory; ${peak}`,
        `filled in ${seconds(work.fillMs)}, waited ${seconds(work.waitMs)}, read in ${seconds(work.drainMs)}; ${bytes(work.leftBytes)} left; tcp_mem’s pressure mark passed ${grouped(work.memoryPressures)} times`,
      ];
  }
}

function latency(p: Percentiles): string {
  if (p.samples === 0) return 'no samples';
  const ms = (us: number) => `${(us / 1000).toFixed(1)} ms`;
  return `connect p50 ${ms(p.p50)}, p99 ${ms(p.p99)}, max ${ms(p.max)}`;
}

function bytes(n: number): string {
  if (n < 10_000) return `${grouped(n)} B`;
  return n < 10_000_000 ? `${grouped(n / 1000)} kB` : `${grouped(n / 1_000_000)} MB`;
}

function seconds(ms: number): string {
  return ms < 100 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
