/** Everything that is decided before a worker starts: limits read, addresses and memory planned, the listener opened. */
import { gatherListeners } from '../gather/listeners.ts';
import type { HostReader } from '../host/reader.ts';
import { InputError } from '../model/error.ts';
import type { SoakOptions, SoakPlan, UpstreamPlan } from '../model/soak.ts';
import { connectionsEach } from '../model/soak-workload.ts';
import { mergeSpans, type PortSpan } from '../model/value.ts';
import { type AddressPlan, picksPorts, planAddresses, planCrew, processesOf } from './address-plan.ts';
import { type CgroupState, readCgroups } from './cgroup.ts';
import { type KernelCounters, readCounters } from './counters.ts';
import type { Libc } from './libc.ts';
import { type MachineLimits, type NetLimits, readNetLimits } from './limits.ts';
import { openListener, requireLocal } from './listener.ts';
import { estimateMemory, requireMemory, requireTasks } from './memory.ts';
import { addLoopbackAddresses } from './namespace.ts';
import { upstreamAddresses } from './upstreams.ts';

export interface Prepared {
  readonly options: SoakOptions;
  readonly plan: SoakPlan;
  readonly addresses: AddressPlan;
  readonly machine: MachineLimits;
  readonly net: NetLimits;
  readonly before: KernelCounters;
  readonly groups: CgroupState;
  readonly listener: number;
  /** Of a gateway; null for every other workload. */
  readonly upstream: Upstream | null;
  readonly cpus: number;
  readonly pageSize: number;
}

export interface Upstream {
  readonly addresses: readonly string[];
  readonly port: number;
  /** One listener for all of the addresses. */
  readonly listener: number;
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
  const each = connectionsEach(options.workload);
  const crew = planCrew(options.goal, options.mode, machine.nofileHard, cpus, each);
  const total = each * options.goal;
  const processes = processesOf(crew);
  const addresses = planAddresses({
    goal: options.goal,
    family: options.family,
    portRange: net.portRange,
    reserved: net.reserved,
    listening: listeningSpans(host),
    namespace: options.namespace,
    maxSources: options.maxSources,
    fill: picksPorts(options.workload) ? PICKED_FILL : 1,
    seed: options.seed,
    force: options.force,
  });
  const memory = estimateMemory(total, options.family, processes, before, groups);
  requireMemory(memory, total, options.force);
  requireTasks(processes, groups, options.force);
  if (options.namespace && options.family === 6) addLoopbackAddresses(libc, addresses.sources);
  requireLocal(libc, options.address);
  const listening = openListener(libc, options.address, options.port, options.backlog);
  if (!listening.ok) throw busyPort(options, net, host, listening.call, listening.errno);
  const upstream = options.workload === 'gateway' ? openUpstream(options, libc) : null;
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
    upstream,
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
      clients: crew.clients,
      servers: crew.servers,
      upstream: upstream === null ? null : planOf(upstream, crew.upstreams),
      socketsPerProcess: crew.socketsPerProcess,
      parallel: options.parallel ?? cpus + 1,
      memory,
    },
  };
}

/** One listener for all upstream addresses: on the wildcard address, and for the loopback device alone. */
function openUpstream({ goal, family, namespace, backlog }: SoakOptions, libc: Libc): Upstream {
  const addresses = upstreamAddresses(goal, family, namespace);
  if (family === 6 && namespace) addLoopbackAddresses(libc, addresses);
  const listening = openListener(libc, family === 6 ? '::' : '0.0.0.0', 0, backlog, true);
  if (listening.ok) return { addresses, port: listening.port, listener: listening.fd };
  throw new InputError(
    `cannot listen for the gateway's upstream connections: ${listening.call} says ${listening.errno}`,
    '--workload',
  );
}

function planOf({ addresses, port }: Upstream, processes: number): UpstreamPlan {
  return {
    first: addresses[0] ?? '',
    last: addresses.at(-1) ?? '',
    count: addresses.length,
    port,
    processes,
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
