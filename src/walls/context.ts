/** What every family of walls works with: the snapshot, the assumptions, and how to say that a fact is not there. */
import type { Fact } from '../model/fact.ts';
import { factOf, type Snapshot } from '../model/snapshot.ts';
import type { Quantity, Value } from '../model/value.ts';
import type { LimitFinding, OpenLimit, RateWall, UnknownWall, Wall, WallAssumptions } from '../model/wall.ts';

export interface WallContext {
  readonly snapshot: Snapshot;
  readonly assumptions: WallAssumptions;
}

/** Several limits that are alike. Pure; never throws for what a host holds. */
export type WallFamily = (context: WallContext) => readonly LimitFinding[];

type Named = Pick<Wall, 'limit' | 'key' | 'side' | 'scope'>;

/** The longest name of a limit that has no number. */
export const NO_DATA = 'the snapshot does not carry it';

export function wallAt(
  name: Named,
  at: bigint,
  text: Pick<Wall, 'current' | 'arithmetic' | 'why' | 'raise'>,
  condition: string | null = null,
): LimitFinding {
  return {
    kind: 'wall',
    wall: { ...name, at: at < 0n ? 0n : at, unit: 'connections', condition, ...text },
  };
}

export function rateAt(
  name: Named & Pick<RateWall, 'event'>,
  at: bigint,
  text: Pick<RateWall, 'current' | 'arithmetic' | 'why' | 'raise'>,
): LimitFinding {
  return { kind: 'rate', wall: { ...name, at: at < 0n ? 0n : at, unit: 'connections per second', ...text } };
}

export function open(name: Named, why: OpenLimit['why']): LimitFinding {
  const { limit, key, side, scope } = name;
  return { kind: 'open', limit: { limit, key, side, scope, why } };
}

export function unknown(name: Named, why: string): LimitFinding {
  return unknownLimit(name, null, why);
}

function unknownLimit(name: Named, reading: UnknownWall['reading'], why: string | null): LimitFinding {
  const { limit, key, side, scope } = name;
  return { kind: 'unknown', limit: { limit, key, side, scope, reading, why } };
}

/** Why there is no value: the reading itself, so that the report words it as it does elsewhere. */
export function unread(name: Named, fact: Fact | undefined): LimitFinding {
  if (fact === undefined) return unknown(name, NO_DATA);
  const { reading } = fact;
  return reading.state === 'value'
    ? unknown(name, 'it holds a value of another kind than expected')
    : unknownLimit(name, reading, null);
}

/** Calls `use` with the number of a key, or says why there is none. */
export function withNumber(
  { snapshot }: WallContext,
  name: Named,
  use: (n: Quantity) => readonly LimitFinding[],
): readonly LimitFinding[] {
  const fact = factOf(snapshot, name.key);
  const value = valueIn(fact);
  return value?.kind === 'integer' || value?.kind === 'limit' ? use(value.n) : [unread(name, fact)];
}

export function valueIn(fact: Fact | undefined): Value | null {
  return fact?.reading.state === 'value' ? fact.reading.value : null;
}
