/** The words for walls: where they stand, who meets them, what is not known, and the line that heads an audit. */
import type { Recommendation, Role } from '../model/recommendation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatGrouped } from '../model/value.ts';
import {
  isJudged,
  type UnknownWall,
  type Wall,
  type WallAssumptions,
  type WallScope,
  type WallSide,
  type Walls,
} from '../model/wall.ts';
import { ABSENT } from './wording.ts';

export const SCOPES: Readonly<Record<WallScope, string>> = {
  process: 'per process',
  service: 'per service',
  user: 'per user',
  host: 'per host',
  namespace: 'per namespace',
  cgroup: 'per control group',
  destination: 'per destination',
  listener: 'per listener',
};

export const SIDES: Readonly<Record<WallSide, string>> = {
  server: 'as a server',
  client: 'as a client',
  both: 'on either side',
};

export interface WallsReport {
  readonly snapshot: Snapshot;
  readonly walls: Walls;
  /** Null when none was given: then nothing is marked. */
  readonly goal: bigint | null;
  /** Whose walls are held against the goal. */
  readonly side: WallSide;
}

/** The walls below the goal that everybody on the judged side meets. */
export function wallsBelow({ walls, goal, side }: WallsReport): readonly Wall[] {
  return goal === null ? [] : walls.connections.filter((wall) => isJudged(wall, side) && wall.at < goal);
}

const NOUNS: Readonly<Record<WallSide, string>> = {
  server: 'accepted connections',
  client: 'outgoing connections',
  both: 'connections',
};

const ROLES: Readonly<Record<Role, string>> = {
  server: 'a server',
  gateway: 'a gateway',
  push: 'a push service',
};

/** How many walls the headline names. */
const NAMED = 2;

/** `This host stops at 20,000 connections per process: hard nofile (limit.nofile.hard = 20000); then at …`. */
export function wallHeadline(walls: Walls): string {
  const named = headlineWalls(walls.connections);
  if (named.length === 0) return 'At how many connections this host stops is not known.';
  const texts = named.map((wall, i) => {
    const noun = i === 0 || wall.side !== 'both' ? ` ${NOUNS[wall.side]}` : '';
    const when = i === 0 ? '' : wall.side === 'client' ? 'as a client at ' : 'then at ';
    return `${when}${formatGrouped(wall.at)}${noun} ${SCOPES[wall.scope]}: ${wall.limit} (${wall.key} = ${wall.current})`;
  });
  return `This host stops at ${texts.join('; ')}.`;
}

/** The lowest that everybody meets; one of them a server's, and that first, since a server is what most hosts are. */
export function headlineWalls(walls: readonly Wall[]): readonly Wall[] {
  const certain = walls.filter((wall) => wall.condition === null);
  const first = certain.slice(0, NAMED);
  const server = certain.find((wall) => wall.side !== 'client');
  if (server === undefined) return first;
  const named = first.includes(server) ? first : [...first.slice(0, NAMED - 1), server];
  return [server, ...named.filter((wall) => wall !== server)];
}

export function assumptionsText({ idleBytes, busy, ends }: WallAssumptions): string {
  return [
    ends === 1 ? 'one end of each connection on this host' : 'both ends of each connection on this host',
    `${formatGrouped(idleBytes)} B of the program's memory per connection (--idle-bytes)`,
    `${busy.text} of the connections with data queued (--busy)`,
  ].join(', ');
}

export function whyUnknown({ reading, why }: UnknownWall): string {
  switch (reading?.state) {
    case undefined:
      return why ?? 'it was not read';
    case 'absent':
      return ABSENT[reading.reason];
    case 'denied':
      return `it could not be read (${reading.errno}): run as root`;
    case 'unparsable':
      return `it holds text that is not a value of its kind: ${JSON.stringify(reading.text)}`;
  }
}

/** One line: the profile that fits, and why. */
export function recommendationText(recommendation: Recommendation): string {
  const { profile, goal, role, fits, hints, memoryHolds, bytesEach } = recommendation;
  const holds = `memory holds ${formatGrouped(memoryHolds)} at ${formatGrouped(bytesEach)} B each`;
  const hint =
    hints.length === 0
      ? role === 'server'
        ? 'nothing hints at another role than a plain server'
        : `it is for ${ROLES[role]}`
      : `${hints.join(', ')}, which hints at ${ROLES[role]}`;
  return fits
    ? `Profile that fits this host: ${profile} (${formatGrouped(goal)} connections): ${holds}; ${hint}.`
    : `No shipped profile fits this host: ${holds}, and the smallest, ${profile}, wants ${formatGrouped(goal)}; lower it with --goal.`;
}
