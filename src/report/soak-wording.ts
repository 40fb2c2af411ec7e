/** The words for the soak's codes. Every union is spelled out, so a new code without words does not compile. */
import type {
  Claim,
  InconclusiveReason,
  NotProvenCode,
  ProvenCode,
  SoakPhase,
  WorkloadName,
} from '../model/soak.ts';

type Args = Claim<string>['args'];
const number = (args: Args, name: string) => grouped(Number(args[name] ?? 0));

export function grouped(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

export const PHASES: Readonly<Record<SoakPhase, string>> = {
  prepare: 'preparing',
  ramp: 'connecting',
  workload: 'working',
  hold: 'holding',
  sweep: 'sweeping',
  drain: 'draining',
};

export const PROVEN: Readonly<Record<ProvenCode, (args: Args) => string>> = {
  'connections-held': (a) =>
    `${number(a, 'connections')} connections were open at once: ${number(a, 'sockets')} sockets, both ends being here`,
  'every-socket-echoed': (a) =>
    `each of ${number(a, 'connections')} connections echoed its own payload in ${number(a, 'sweeps')} sweep${a.sweeps === 1 ? '' : 's'}`,
  'workload-done': (a) =>
    `the workload ${a.name} came through on each of its ${number(a, 'connections')} connections`,
  'kernel-agrees': (a) => `the kernel’s own counters agree with the count of ${number(a, 'connections')}`,
  'held-for-duration': (a) => `they were held for ${number(a, 'seconds')} s`,
  'beyond-64k-to-one-endpoint': (a) =>
    `one server ip:port held ${number(a, 'connections')}: the limit of about 64,000 is per client address, not per server`,
  'nofile-of-one-process': (a) =>
    `one server process held ${number(a, 'sockets')} sockets within its nofile limit`,
};

/** What a workload did, after which its numbers follow. */
export const WORKLOAD: Readonly<Record<WorkloadName, string>> = {
  idle: 'nothing',
  broadcast: 'a message to all',
  burst: 'a tenth closed and came back at once',
  reconnect: 'half of the clients closed and connected again',
  'slow-readers': 'one in twenty did not read',
  gateway: 'an upstream connection for each',
};

export const NOT_PROVEN: Readonly<Record<NotProvenCode, (args: Args) => string>> = {
  'nofile-of-one-process': () =>
    'that one process may hold them all: they were spread over several server processes, as the hard nofile limit demands',
  'host-net-settings': () =>
    'the host’s net.* settings: it ran in a network namespace of its own, with the kernel’s defaults',
  'network-path': () => 'cards, cables, routers and NAT: all traffic was local',
  conntrack: () => 'connection tracking: no rule tracked these connections',
  'other-address-family': (a) => `IPv${a.tested === 6 ? 4 : 6}: only IPv${a.tested} was used`,
  'long-hold': (a) => `hours: it was held for ${number(a, 'seconds')} s`,
  'application-memory': () => 'the memory of a real server: this one keeps a few bytes for each connection',
  'survives-reboot': () => 'that the settings survive a reboot',
};

export const INCONCLUSIVE: Readonly<Record<InconclusiveReason, string>> = {
  interrupted: 'it was interrupted',
  'memory-floor': 'the machine’s free memory came to the floor, and the ramp was stopped in time',
  'generator-limit': 'the client side of the test came to a limit of its own',
  'machine-limit': 'the machine came to a limit that no setting moves',
  'worker-killed': 'a worker process was killed from outside',
  'worker-crashed': 'a worker process ended unexpectedly',
  stalled: 'nothing moved any more, and no counter says why',
  'workload-late':
    'the workload’s time was over while it still moved: this machine is too slow or too busy for it',
  unexplained: 'it stopped short, and no counter says why',
};
