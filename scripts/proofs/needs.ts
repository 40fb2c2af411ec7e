/** How much memory a run needs, in MiB: of a guest, and of this machine. Pure arithmetic. */
import type { WorkloadName } from '../../src/model/soak.ts';

/** The system, its page cache, and what the soak keeps free. */
const BASE_MIB = 2.5 * 1024;
/** KiB of kernel memory for one connection, both ends, with room: 8.2 to 10 kB were measured. */
const CONNECTION_KIB = 9;
/** A message of 4 KiB that is queued on it: two pages, and room. */
const MESSAGE_KIB = 10;
/** apply refuses a goal whose own end of the connections would not fit: 4.1 kB each beside 1.5 GiB, and room. */
const APPLY_BASE_MIB = 1.5 * 1024;
const APPLY_CONNECTION_KIB = 5;
/** One worker process, and how many sockets it may hold where nofile is the usual 20,000 or more. */
const WORKER_MIB = 16;
const WORKER_SOCKETS = 19_000;

/** A gateway holds an upstream connection for each of its clients. */
function kibPerConnection(workload: WorkloadName): number {
  if (workload === 'gateway') return 2 * CONNECTION_KIB;
  return workload === 'broadcast' ? CONNECTION_KIB + MESSAGE_KIB : CONNECTION_KIB;
}

/** For the soak and for the profile's own goal, rounded up to a GiB. */
export function guestMiB(workload: WorkloadName, connections: number, goal: number): number {
  const soak = BASE_MIB + (connections * kibPerConnection(workload)) / 1024;
  const apply = APPLY_BASE_MIB + (goal * APPLY_CONNECTION_KIB) / 1024;
  return Math.ceil(Math.max(soak, apply) / 1024) * 1024;
}

/** Spread over processes on this machine, which is not counted in. */
export function trialMiB(workload: WorkloadName, connections: number): number {
  const sockets = connections * (workload === 'gateway' ? 4 : 2);
  const processes = Math.ceil(sockets / WORKER_SOCKETS) * WORKER_MIB;
  return Math.ceil(1024 + (connections * kibPerConnection(workload)) / 1024 + processes);
}
