/**
 * Which source addresses and ports the clients use, decided before a socket opens. Pure.
 *
 * One source address gives one connection per usable port towards one server ip:port; that is the whole of the
 * "64,000 connections" legend. Ports are bound explicitly: letting the kernel search costs up to a millisecond per
 * connect once half of the range is taken.
 */
import { InputError } from '../model/error.ts';
import type { WorkloadName } from '../model/soak-workload.ts';
import type { PortSpan } from '../model/value.ts';
import { countPorts, mergeSpans } from '../model/value.ts';
import type { Family } from './sockaddr.ts';

/** Sources rotate through 127.1.0.1 – 127.254.255.254: clear of 127.0.0.x, where local services sit. */
const FOUR_POOL = 254 * 256 * 254;
/** IPv6 has no loopback network; these are in a ULA prefix that only exists in the soak's own namespace. */
export const SIX_PREFIX = 'fd00:74:756e:65::';
const SIX_POOL = 0xfffe;
/** Spare ports: somebody may open a listener on one of ours while we run. */
const SPARE_SHARE = 0.005;
const SPARE_LEAST = 16;
/** A process's own descriptors: stdio, channel, epoll, event loop; measured 25, rounded up. */
export const OWN_DESCRIPTORS = 48;

export interface AddressInput {
  readonly goal: number;
  readonly family: Family;
  readonly portRange: { readonly low: number; readonly high: number };
  readonly reserved: readonly PortSpan[];
  /** Ports that somebody listens on at a wildcard or loopback address. */
  readonly listening: readonly PortSpan[];
  readonly namespace: boolean;
  readonly maxSources: number | null;
  /** Share of an address's ports to use at most, where there are more addresses; left out: all. */
  readonly fill?: number;
  readonly seed: number;
  readonly force: boolean;
}

export interface AddressPlan {
  readonly spans: readonly PortSpan[];
  readonly portsPerSource: number;
  readonly portsReserved: number;
  readonly portsListening: number;
  /** Numeric addresses, in the order of use. */
  readonly sources: readonly string[];
  readonly capacity: number;
}

/** Throws InputError, with the arithmetic, when the addresses cannot carry the goal and `force` is not given. */
export function planAddresses(input: AddressInput): AddressPlan {
  const range: PortSpan = [input.portRange.low, input.portRange.high];
  const reserved = mergeSpans(clip(input.reserved, range));
  const listening = mergeSpans(clip(input.listening, range));
  const spans = subtract([range], mergeSpans([...reserved, ...listening]));
  const portsPerSource = countPorts(spans);
  if (portsPerSource === 0) {
    throw new InputError(
      `no port is free: all of net.ipv4.ip_local_port_range ${range[0]}-${range[1]} is reserved or listening`,
    );
  }
  const available = Math.min(poolSize(input), input.maxSources ?? Number.MAX_SAFE_INTEGER);
  const wanted = input.goal + Math.max(SPARE_LEAST, Math.ceil(input.goal * SPARE_SHARE));
  const count = Math.min(available, Math.ceil(wanted / (portsPerSource * (input.fill ?? 1))));
  const capacity = count * portsPerSource;
  if (capacity < input.goal && !input.force) {
    throw new InputError(
      `${count} source address${count === 1 ? '' : 'es'} × ${portsPerSource} ports = ${capacity} connections to one server address, ` +
        `not ${input.goal}: ${hint(input)}`,
    );
  }
  return {
    spans,
    portsPerSource,
    portsReserved: countPorts(reserved),
    portsListening: countPorts(listening),
    sources: Array.from({ length: count }, (_, i) => sourceAddress(input, i)),
    capacity,
  };
}

/** The `index`-th source: on IPv6 without a namespace there is only ::1. */
function sourceAddress(input: AddressInput, index: number): string {
  if (input.family === 6) {
    return input.namespace ? `${SIX_PREFIX}${(index + 1).toString(16)}` : '::1';
  }
  const slot = (Math.abs(Math.trunc(input.seed)) + index) % FOUR_POOL;
  const second = 1 + (Math.floor(slot / (256 * 254)) % 254);
  return `127.${second}.${Math.floor(slot / 254) % 256}.${1 + (slot % 254)}`;
}

function poolSize(input: AddressInput): number {
  if (input.family === 4) return FOUR_POOL;
  return input.namespace ? SIX_POOL : 1;
}

function hint(input: AddressInput): string {
  if (input.family === 6 && !input.namespace) {
    return 'this host has one loopback address for IPv6, use --namespace';
  }
  return 'widen net.ipv4.ip_local_port_range or allow more source addresses';
}

function clip(spans: readonly PortSpan[], [low, high]: PortSpan): readonly PortSpan[] {
  return spans
    .filter(([from, to]) => from <= high && to >= low)
    .map(([from, to]) => [Math.max(from, low), Math.min(to, high)] as const);
}

/** What is left of `spans` without `holes`; both merged. */
function subtract(spans: readonly PortSpan[], holes: readonly PortSpan[]): readonly PortSpan[] {
  return holes.reduce<readonly PortSpan[]>(
    (rest, [low, high]) =>
      rest.flatMap(([from, to]): readonly PortSpan[] => {
        if (high < from || low > to) return [[from, to]];
        const left: readonly PortSpan[] = from < low ? [[from, low - 1]] : [];
        const right: readonly PortSpan[] = to > high ? [[high + 1, to]] : [];
        return [...left, ...right];
      }),
    spans,
  );
}

export interface Crew {
  readonly clients: number;
  readonly servers: number;
  /** Processes at the far end of a gateway's connections; 0 for every other workload. */
  readonly upstreams: number;
  readonly socketsPerProcess: number;
}

/**
 * How many processes each side needs. strict: one server, whatever the limit says, so that the limit itself is tested.
 * `nofile` is the hard limit of one process, which the workers raise their soft limit to; `each` is what a connection
 * takes of it in a server: 2 in a gateway.
 */
export function planCrew(
  goal: number,
  mode: 'strict' | 'spread',
  nofile: number,
  cpus: number,
  each: 1 | 2 = 1,
): Crew {
  const socketsPerProcess = nofile - OWN_DESCRIPTORS;
  if (socketsPerProcess < 1) {
    throw new InputError(`a hard nofile limit of ${nofile} leaves a process no descriptor for a socket`);
  }
  const needed = Math.ceil(goal / socketsPerProcess);
  const clients = Math.min(goal, Math.max(needed, cpus));
  return {
    clients,
    servers: mode === 'strict' ? 1 : Math.ceil(goal / connectionsPerServer(socketsPerProcess, each)),
    upstreams: each === 1 ? 0 : needed,
    socketsPerProcess,
  };
}

/** Connections that one server process takes in spread: a gateway has an upstream one open for each. */
export function connectionsPerServer(socketsPerProcess: number, each: 1 | 2): number {
  return Math.max(1, Math.floor(socketsPerProcess / each));
}

/** All of them. */
export function processesOf({ clients, servers, upstreams }: Crew): number {
  return clients + servers + upstreams;
}

/**
 * Do the clients leave their ports to the kernel? In a reconnect, since tcp_tw_reuse says nothing about a port that a
 * program asks for; with a gateway, since a port that somebody on the machine has asked for, at whatever address, is none
 * that the kernel picks for the gateway's own connections (inet_hash_connect skips its bucket).
 */
export function picksPorts(workload: WorkloadName): boolean {
  return workload === 'reconnect' || workload === 'gateway';
}

/** Whole numbers that differ by at most one and sum to `total`. */
export function share(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}

/** Where the `index`-th share begins. */
export function shareStart(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) * index + Math.min(index, total % parts);
}
