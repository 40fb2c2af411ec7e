/** How many connections this machine's memory can hold at all, before anything is opened. */
import type { HostReader } from '../host/reader.ts';
import type { SoakOptions } from '../model/soak.ts';
import { connectionsEach } from '../model/soak-workload.ts';
import { planCrew, processesOf } from './address-plan.ts';
import { readCgroups } from './cgroup.ts';
import { readCounters } from './counters.ts';
import { readMachineLimits } from './limits.ts';
import { estimateMemory, memoryArithmetic } from './memory.ts';

export interface Capacity {
  /** Connections, at most the goal. */
  readonly connections: number;
  /** Why it is less than the goal; null when the goal fits. */
  readonly shortfall: string | null;
}

/** A whole number of these is tried when the goal does not fit. */
const STEP = 1000;

export function soakCapacity(options: SoakOptions, host: HostReader, cpus: number): Capacity {
  const { goal, mode, family } = options;
  const each = connectionsEach(options.workload);
  const counters = readCounters(host);
  const groups = readCgroups(host);
  const { nofileHard } = readMachineLimits(host);
  const estimate = (connections: number) => {
    const crew = planCrew(connections, mode, nofileHard, cpus, each);
    return estimateMemory(each * connections, family, processesOf(crew), counters, groups);
  };
  const fits = (connections: number) => {
    const { needed, floor, free } = estimate(connections);
    return needed + floor <= free;
  };
  if (fits(goal)) return { connections: goal, shortfall: null };
  // The number of processes goes in steps, so the largest that fits is searched for.
  let low = 0;
  let high = Math.floor(goal / STEP);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle * STEP)) low = middle;
    else high = middle - 1;
  }
  return { connections: low * STEP, shortfall: memoryArithmetic(estimate(goal), each * goal) };
}
