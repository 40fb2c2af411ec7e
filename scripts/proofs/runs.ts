/** Which runs a command line asks for. Pure. */
import type { Profile } from '../../src/model/profile.ts';
import { PLACES, type Place } from './proof.ts';

/** What every profile is held to, whatever its own goal. */
export const LEAST_CONNECTIONS = 500_000;

export interface Asked {
  /** None: all. */
  readonly profiles: readonly string[];
  readonly places: readonly string[];
  /** Null: `LEAST_CONNECTIONS`, and here the profile's own goal too. */
  readonly connections: string | null;
}

export interface Planned {
  readonly profile: Profile;
  readonly place: Place;
  readonly connections: number;
  /** Nobody named this number: it is left out where memory does not allow it. */
  readonly isExtra: boolean;
}

/** Throws for what is not a profile, a place or a number. */
export function plannedRuns(shipped: readonly Profile[], asked: Asked): readonly Planned[] {
  const profiles = asked.profiles.length === 0 ? shipped : asked.profiles.map((name) => found(name, shipped));
  const places = asked.places.length === 0 ? PLACES : asked.places.map(placeOf);
  const connections = asked.connections === null ? null : numberOf(asked.connections);
  return places.flatMap((place) =>
    profiles.flatMap((profile) => {
      const goal = Number(profile.goal);
      const least = { profile, place, connections: connections ?? LEAST_CONNECTIONS, isExtra: false };
      const isWhole = connections !== null || place === 'vm' || goal <= LEAST_CONNECTIONS;
      return isWhole ? [least] : [least, { profile, place, connections: goal, isExtra: true }];
    }),
  );
}

function found(name: string, shipped: readonly Profile[]): Profile {
  const profile = shipped.find((one) => one.name === name);
  if (profile !== undefined) return profile;
  throw new Error(`--profile: there is no ${name}; there are ${shipped.map((one) => one.name).join(', ')}`);
}

function placeOf(name: string): Place {
  const place = PLACES.find((one) => one === name);
  if (place !== undefined) return place;
  throw new Error(`--where: ${name} is neither of ${PLACES.join(', ')}`);
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--connections: ${text} is not a number of connections`);
}
