/** The walls for a machine. Counts are decimal strings: 2^63-1 does not survive a JSON number. */
import type { Recommendation } from '../model/recommendation.ts';
import { isJudged, type RateWall, type Wall, type Walls } from '../model/wall.ts';
import type { RateDocument, RecommendationDocument, WallDocument, WallsDocument } from './walls-schema.ts';
import { type WallsReport, whyUnknown } from './walls-wording.ts';

export const WALLS_SCHEMA_VERSION = 1;

export function wallsToDocument({ snapshot, walls, goal, side }: WallsReport): WallsDocument {
  const { machine } = snapshot;
  const { assumptions } = walls;
  return {
    kind: 'tune-walls',
    schemaVersion: WALLS_SCHEMA_VERSION,
    takenAt: snapshot.takenAt,
    origin: snapshot.origin,
    machine: {
      kernelRelease: machine.kernelRelease,
      memoryTotal: machine.memory.total.toString(),
      subject: machine.subject,
    },
    assumptions: {
      target: assumptions.target.toString(),
      idleBytes: assumptions.idleBytes.toString(),
      busy: assumptions.busy.text,
      ends: assumptions.ends,
    },
    goal: goal?.toString() ?? null,
    side,
    walls: walls.connections.map((wall) => ({
      ...wallDocument(wall),
      belowGoal: goal !== null && isJudged(wall, side) ? wall.at < goal : null,
    })),
    rates: walls.rates.map(rateDocument),
    open: walls.open.map(({ limit, key, side, scope, why }) => ({ limit, key, side, scope, why })),
    unknown: unknownDocuments(walls),
  };
}

export function wallDocument(wall: Wall): WallDocument {
  const { at, unit, side, scope, limit, key, current, condition, arithmetic, why, raise } = wall;
  return { at: at.toString(), unit, side, scope, limit, key, current, condition, arithmetic, why, raise };
}

function rateDocument(wall: RateWall): RateDocument {
  const { at, unit, event, side, scope, limit, key, current, arithmetic, why, raise } = wall;
  return { at: at.toString(), unit, event, side, scope, limit, key, current, arithmetic, why, raise };
}

export function unknownDocuments(walls: Walls): WallsDocument['unknown'] {
  return walls.unknown.map((wall) => ({
    limit: wall.limit,
    key: wall.key,
    side: wall.side,
    scope: wall.scope,
    why: whyUnknown(wall),
  }));
}

export function recommendationDocument(recommendation: Recommendation | null): RecommendationDocument {
  if (recommendation === null) return null;
  const { profile, goal, role, fits, hints, memoryHolds, bytesEach } = recommendation;
  return {
    profile,
    goal: goal.toString(),
    role,
    fits,
    hints: [...hints],
    memoryHolds: memoryHolds.toString(),
    bytesEach: bytesEach.toString(),
  };
}
