/** Live figures for whoever draws them. Pure. */
import type { SoakPhase } from '../model/soak.ts';
import { OWN_DESCRIPTORS } from './address-plan.ts';
import type { MachineLimits, NetLimits } from './limits.ts';

export interface Resource {
  /** The key that would have to be raised. */
  readonly key: string;
  readonly used: number;
  readonly max: number;
}

export interface SoakProgress {
  readonly phase: SoakPhase;
  readonly elapsedMs: number;
  /** Of how many: processes ready (prepare), connections established (ramp, hold, drain), answered (sweep). */
  readonly done: number;
  readonly goal: number;
  readonly perSecond: number;
  readonly etaSeconds: number | null;
  /** TCP sockets the kernel counts in this namespace. */
  readonly sockets: number | null;
  /** The resource that is used most, as a share of its limit; null when nothing is known. */
  readonly tightest: Resource | null;
}

export interface Usage {
  /** Connections in the fullest process. */
  readonly fullest: number;
  readonly openFiles: number | null;
  readonly tcpPages: number;
  readonly conntrack: number | null;
  readonly accepted: number;
  readonly memoryFree: number;
  readonly memoryFreeAtStart: number;
  readonly memoryFloor: number;
}

export function tightest(usage: Usage, machine: MachineLimits, net: NetLimits): Resource | null {
  const resources: Resource[] = [];
  const add = (key: string, used: number | null, max: number | null | undefined) => {
    if (used !== null && max != null && max > 0) resources.push({ key, used, max });
  };
  add('limit.nofile.hard', usage.fullest + OWN_DESCRIPTORS, machine.nofileHard);
  if (!machine.isAboveFileMax) add('fs.file-max', usage.openFiles, machine.fileMax);
  add('net.ipv4.tcp_mem', usage.tcpPages, machine.tcpMem?.[2]);
  add('net.netfilter.nf_conntrack_max', usage.conntrack, net.conntrackMax);
  add('fs.epoll.max_user_watches', usage.accepted, machine.epollWatches);
  add(
    'memory',
    usage.memoryFreeAtStart - usage.memoryFree,
    Math.max(1, usage.memoryFreeAtStart - usage.memoryFloor),
  );
  return resources.reduce<Resource | null>(
    (most, next) => (most === null || next.used / next.max > most.used / most.max ? next : most),
    null,
  );
}

/** Seconds until `goal` at this rate; null while there is no rate. */
export function eta(done: number, goal: number, perSecond: number): number | null {
  return perSecond > 0 ? Math.max(0, Math.ceil((goal - done) / perSecond)) : null;
}
