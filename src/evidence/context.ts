/** Which values a workload feels: two profiles that agree on them need not both be measured. Pure. */
import type { WorkloadName } from '../model/soak-workload.ts';
import type { TrialReport } from '../model/trial.ts';

const ARRIVALS = [
  'net.core.somaxconn',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_max_syn_backlog',
  'net.ipv4.tcp_abort_on_overflow',
  'net.ipv4.tcp_timestamps',
];
const PORTS = ['net.ipv4.ip_local_port_range', 'net.ipv4.ip_local_reserved_ports'];
const BUFFERS = [
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
  'net.ipv4.tcp_moderate_rcvbuf',
  'net.ipv4.tcp_notsent_lowat',
];
const CLOSING = ['net.ipv4.tcp_tw_reuse', 'net.ipv4.tcp_max_tw_buckets'];

/** Keys of a network namespace; none of these workloads lasts long enough to feel a keepalive. */
export const FELT: Readonly<Record<WorkloadName, readonly string[]>> = {
  idle: [...ARRIVALS, ...PORTS],
  broadcast: [...ARRIVALS, ...BUFFERS],
  burst: ARRIVALS,
  reconnect: [...ARRIVALS, ...PORTS, ...CLOSING],
  'slow-readers': BUFFERS,
  gateway: [...ARRIVALS, ...PORTS, ...CLOSING, ...BUFFERS],
};

/** Every value that a trial ran with, by key, as far as it is known. */
export function valuesInForce({ trials }: TrialReport): Readonly<Record<string, string>> {
  const [trial] = trials;
  if (trial === undefined) return {};
  const tried = trial.tried.map(({ key, to, held }) => [key, held ?? to] as const);
  const untried = trial.untried.flatMap(({ key, value }) => (value === null ? [] : [[key, value] as const]));
  // The kernel parts the numbers of a tuple by tabs.
  return Object.fromEntries([...tried, ...untried].map(([key, value]) => [key, value.replace(/\s+/g, ' ')]));
}

export function feltValues(
  workload: WorkloadName,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    FELT[workload].flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])),
  );
}
