/** Snapshot and shipped profiles → the profile that fits: the largest goal that memory holds, for the host's role. Pure. */
import type { Profile } from '../model/profile.ts';
import type { Recommendation, Role } from '../model/recommendation.ts';
import { factOf, type Snapshot } from '../model/snapshot.ts';
import type { WallAssumptions } from '../model/wall.ts';
import { valueIn } from './context.ts';
import { DEFAULT_ASSUMPTIONS } from './index.ts';
import { connectionCost, memory } from './memory.ts';

/** What an application with a little state keeps per connection; a profile that only just fits an empty one does not fit. */
const PROGRAM_BYTES = 4_000n;
/** Below it a range reaches into the ports that services use: somebody widened it for outgoing connections. */
const DEFAULT_RANGE_START = 32_768;

/** Ports that tell what a host is for, by the programs that are known for them (IANA, and the programs' manuals). */
const PORT_HINTS: readonly { readonly port: number; readonly role: Role; readonly what: string }[] = [
  { port: 1883, role: 'push', what: 'MQTT' },
  { port: 8883, role: 'push', what: 'MQTT over TLS' },
  { port: 5222, role: 'push', what: 'XMPP' },
  { port: 5223, role: 'push', what: 'push notifications' },
  { port: 4222, role: 'push', what: 'NATS' },
  { port: 1080, role: 'gateway', what: 'SOCKS' },
  { port: 3128, role: 'gateway', what: 'an HTTP proxy' },
  { port: 9901, role: 'gateway', what: 'Envoy’s administration' },
  { port: 15001, role: 'gateway', what: 'a service mesh' },
];

/** Null when there is no profile to recommend, or the size of memory is not known. */
export function recommend(snapshot: Snapshot, profiles: readonly Profile[]): Recommendation | null {
  const found = roleOf(snapshot);
  const isServed = profiles.some((profile) => roleOfProfile(profile) === found.role);
  const { role, hints } = isServed ? found : PLAIN_SERVER;
  const candidates = profiles.filter((profile) => roleOfProfile(profile) === role).sort(compareGoals);
  const smallest = candidates[0];
  const { holds, bytesEach } = memoryHolds(snapshot, role);
  if (smallest === undefined || holds === null) return null;
  const best = candidates.filter((profile) => profile.goal <= holds).at(-1);
  const { name, goal } = best ?? smallest;
  return { profile: name, goal, role, fits: best !== undefined, hints, memoryHolds: holds, bytesEach };
}

function compareGoals(a: Profile, b: Profile): number {
  if (a.goal !== b.goal) return a.goal < b.goal ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/** The first memory wall, with a program's own bytes; a gateway has two sockets per client, a push service queues to all. */
function memoryHolds(
  snapshot: Snapshot,
  role: Role,
): { readonly holds: bigint | null; readonly bytesEach: bigint } {
  const assumptions: WallAssumptions = {
    ...DEFAULT_ASSUMPTIONS,
    idleBytes: PROGRAM_BYTES,
    ends: role === 'gateway' ? 2 : 1,
    ...(role === 'push' ? { busy: { numerator: 1n, denominator: 1n, text: '100%' } } : {}),
  };
  const walls = memory({ snapshot, assumptions }).flatMap((f) => (f.kind === 'wall' ? [f.wall.at] : []));
  return {
    holds: walls.reduce<bigint | null>((low, at) => (low === null || at < low ? at : low), null),
    bytesEach: connectionCost(snapshot, assumptions).all,
  };
}

/** What a profile is for follows from what it asks for, so that a profile added later needs no entry here. */
export function roleOfProfile({ settings }: Profile): Role {
  const sets = new Set(settings.map((s) => s.key));
  if (sets.has('net.ipv4.tcp_tw_reuse') && sets.has('net.ipv4.ip_local_reserved_ports')) return 'gateway';
  if (sets.has('net.ipv4.tcp_notsent_lowat')) return 'push';
  return 'server';
}

interface HostRole {
  readonly role: Role;
  readonly hints: readonly string[];
}

const PLAIN_SERVER: HostRole = { role: 'server', hints: [] };

/** The role that the hints agree on; a plain server when there is none, or when they contradict each other. */
function roleOf(snapshot: Snapshot): HostRole {
  const all = [...listenerHints(snapshot), ...portHints(snapshot)];
  const roles = [...new Set(all.map((hint) => hint.role))];
  const [role] = roles;
  if (role === undefined || roles.length > 1) return PLAIN_SERVER;
  return { role, hints: all.map((hint) => hint.text) };
}

interface Hint {
  readonly role: Role;
  readonly text: string;
}

function listenerHints({ machine }: Snapshot): readonly Hint[] {
  const ports = new Set(machine.listeners.filter((l) => l.protocol.startsWith('tcp')).map((l) => l.port));
  return PORT_HINTS.filter((hint) => ports.has(hint.port)).map(({ port, role, what }) => ({
    role,
    text: `port ${port} listens (${what})`,
  }));
}

/** Somebody made room for outgoing connections: both must be so, since blogs tell everybody to widen the range. */
function portHints(snapshot: Snapshot): readonly Hint[] {
  const range = valueIn(factOf(snapshot, 'net.ipv4.ip_local_port_range'));
  const reuse = valueIn(factOf(snapshot, 'net.ipv4.tcp_tw_reuse'));
  const isWide = range?.kind === 'portRange' && range.low < DEFAULT_RANGE_START;
  const reuses = reuse?.kind === 'integer' && reuse.n === 1n;
  return isWide && reuses
    ? [
        {
          role: 'gateway',
          text: `the port range starts at ${range.low} and tcp_tw_reuse is 1, as for many outgoing connections`,
        },
      ]
    : [];
}
