/** Everything that is decided before a worker starts: limits read, addresses and memory planned, the listener opened. */
import { gatherListeners } from '../gather/listeners.ts';
import type { HostReader } from '../host/reader.ts';
import { InputError } from '../model/error.ts';
import type { SoakOptions, SoakPlan } from '../model/soak.ts';
import { mergeSpans, type PortSpan } from '../model/value.ts';
import { type AddressPlan, planAddresses, planCrew } from './address-plan.ts';
import { type CgroupState, readCgroups } from './cgroup.ts';
import { type KernelCounters, readCounters } from './counters.ts';
import type { Libc } from './libc.ts';
import { type MachineLimits, type NetLimits, readNetLimits } from './limits.ts';
import { openListener, requireLocal } from './listener.ts';
import { estimateMemory, requireMemory, requireTasks } from './memory.ts';
import { addLoopbackAddresses } from './namespace.ts';

export interface Prepared {
  readonly options: SoakOptions;
  readonly plan: SoakPlan;
  readonly addresses: AddressPlan;
  readonly machine: MachineLimits;
  readonly net: NetLimits;
  readonly before: KernelCounters;
  readonly groups: CgroupState;
  readonly listener: number;
  readonly cpus: number;
  readonly pageSize: number;
}

/**
 * Where the kernel picks the ports, it looks at every second one first, and takes milliseconds for each connect once
 * those are gone (inet_hash_connect).
 */
const PICKED_FILL = 0.45;

/** Throws InputError for what the user can mend: no addresses, no memory, no such address, a busy port. */
export function prepare(
  options: SoakOptions,
  host: HostReader,
  libc: Libc,
  machine: MachineLimits,
  cpus: number,
): Prepared {
  const net = readNetLimits(host);
  const before = readCounters(host);
  const groups = readCgroups(host);
  const crew = planCrew(options.goal, options.mode, machine.nofileHard, cpus);
  const addresses = planAddresses({
    goal: options.goal,
    family: options.family,
    portRange: net.portRange,
    reserved: net.reserved,
    listening: listeningSpans(host),
    namespace: options.namespace,
    maxSources: options.maxSources,
    fill: options.workload === 'reconnect' ? PICKED_FILL : 1,
    seed: options.seed,
    force: options.force,
  });
  const memory = estimateMemory(options.goal, options.family, crew.clients + crew.servers, before, groups);
  requireMemory(memory, options.goal, options.force);
  requireTasks(crew.clients + crew.servers, groups, options.force);
  if (options.namespace && options.family === 6) addLoopbackAddresses(libc, addresses.sources);
  requireLocal(libc, options.address);
  const listening = openListener(libc, options.address, options.port, options.backlog);
  if (!listening.ok) throw busyPort(options, net, host, listening.call, listening.errno);
  return {
    options,
    addresses,
    machine,
    net,
    before,
    groups,
    cpus,
    pageSize: host.self().pageSize,
    listener: listening.fd,
    plan: {
      server: { address: options.address, port: listening.port },
      portRange: net.portRange,
      portsReserved: addresses.portsReserved,
      portsListening: addresses.portsListening,
      portsPerSource: addresses.portsPerSource,
      sources: {
        first: addresses.sources[0] ?? '',
        last: addresses.sources.at(-1) ?? '',
        count: addresses.sources.length,
      },
      capacity: addresses.capacity,
      ...crew,
      parallel: options.parallel ?? cpus + 1,
      memory,
    },
  };
}

/** Ports that a connect from a loopback address could meet: listeners on any address or on a loopback one. */
function listeningSpans(host: HostReader): readonly PortSpan[] {
  const { listeners } = gatherListeners(host);
  const tcp = listeners.filter(
    (l) =>
      l.protocol.startsWith('tcp') &&
      /^(0\.0\.0\.0|::|::1|127\..*|::ffff:(0\.0\.0\.0|127\..*))$/.test(l.address),
  );
  return mergeSpans(tcp.map((l) => [l.port, l.port] as const));
}

/** A port without a listener that still cannot be bound was taken by an outgoing connection. */
function busyPort(
  options: SoakOptions,
  net: NetLimits,
  host: HostReader,
  call: string,
  errno: string,
): InputError {
  const where = `${options.address} port ${options.port}`;
  if (errno !== 'EADDRINUSE')
    return new InputError(`cannot listen on ${where}: ${call} says ${errno}`, '--port');
  const isListening = gatherListeners(host).listeners.some((l) => l.port === options.port);
  if (isListening) return new InputError(`${where} is busy: another program listens there`, '--port');
  const { low, high } = net.portRange;
  const isInRange = options.port >= low && options.port <= high;
  return new InputError(
    `${where} is taken by an outgoing connection` +
      (isInRange
        ? `, because it lies in net.ipv4.ip_local_port_range ${low}-${high}: add ${options.port} to net.ipv4.ip_local_reserved_ports`
        : ''),
    '--port',
  );
}
