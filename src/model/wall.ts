/** Walls: at how many connections a host stops, one answer per limit, and what could not be said. */
import type { Reading } from './fact.ts';
import type { Fraction } from './profile.ts';

/** Who meets the limit: the process that accepts, the one that connects, or either. */
export type WallSide = 'server' | 'client' | 'both';

/** Whose connections are counted against the limit. */
export type WallScope =
  | 'process'
  | 'service'
  | 'user'
  | 'host'
  | 'namespace'
  | 'cgroup'
  /** One source address to one destination address and port. */
  | 'destination'
  | 'listener';

/** What the arithmetic rests on besides the snapshot. */
export interface WallAssumptions {
  /** Connections to reach: what `raise` asks for. */
  readonly target: bigint;
  /** Bytes that the program keeps per connection besides the kernel's. */
  readonly idleBytes: bigint;
  /** Share of the connections that have data queued at the same moment, at either end. */
  readonly busy: Fraction;
  /** Ends of each connection on this host: 1 for a server or a client, 2 for a soak over loopback. */
  readonly ends: 1 | 2;
}

interface LimitName {
  /** In the field's words: `hard nofile`. */
  readonly limit: string;
  /** What to look at or set: `limit.nofile.hard`, `net.ipv4.tcp_mem`, `memory.max`, `RAM`. */
  readonly key: string;
  readonly side: WallSide;
  readonly scope: WallScope;
}

interface WallText {
  /** The value of the key that it follows from. */
  readonly current: string;
  /** One line with the numbers. */
  readonly arithmetic: string;
  readonly why: string;
  /** What to set for the target, with the exact command where there is one. */
  readonly raise: string;
}

/** A limit as a number of connections. */
export interface Wall extends LimitName, WallText {
  readonly at: bigint;
  readonly unit: 'connections';
  /** Which programs meet it, where not all do: the headline leaves such a wall out. */
  readonly condition: string | null;
}

/** A limit as a number of connections per second: of arrivals, of closes, of new connections to one destination. */
export interface RateWall extends LimitName, WallText {
  readonly at: bigint;
  readonly unit: 'connections per second';
  readonly event: 'arrivals' | 'closes' | 'reconnects';
}

/** A limit that does not bind on this host, and why. */
export interface OpenLimit extends LimitName {
  readonly why: string;
}

/** A limit that nobody can tell from this snapshot. */
export interface UnknownWall extends LimitName {
  /** What was read of the key in place of a value; null when it is not about one key. */
  readonly reading: Exclude<Reading, { readonly state: 'value' }> | null;
  /** Why, where there is no such reading. */
  readonly why: string | null;
}

export type LimitFinding =
  | { readonly kind: 'wall'; readonly wall: Wall }
  | { readonly kind: 'rate'; readonly wall: RateWall }
  | { readonly kind: 'open'; readonly limit: OpenLimit }
  | { readonly kind: 'unknown'; readonly limit: UnknownWall };

export interface Walls {
  readonly assumptions: WallAssumptions;
  /** Lowest first. */
  readonly connections: readonly Wall[];
  /** Lowest first; another unit, so never compared with the connections. */
  readonly rates: readonly RateWall[];
  readonly open: readonly OpenLimit[];
  readonly unknown: readonly UnknownWall[];
}

/** Orders walls: the lowest first, equal ones by key, so that the order is the same on every run. */
export function compareWalls(a: Wall | RateWall, b: Wall | RateWall): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.limit < b.limit ? -1 : a.limit > b.limit ? 1 : 0;
}

/** Is this a wall that everybody on this side meets? Only such walls are held against a goal. */
export function isJudged(wall: Wall, side: WallSide): boolean {
  return wall.condition === null && (side === 'both' || wall.side === 'both' || wall.side === side);
}
