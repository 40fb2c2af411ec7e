/**
 * The evidence that ships: of each key, the verdict under each profile that sets it. The build condenses
 * docs/evidence/*.json and bakes it into the bundle; in the source tree there is none.
 */
import type { EvidenceReport, EvidenceVerdict } from '../model/evidence.ts';

/** Set by the build (scripts/build.mjs): the text of a `ShippedEvidence`. */
declare const TUNE_SHIPPED_EVIDENCE: string | undefined;

export interface KeyEvidence {
  readonly profile: string;
  readonly verdict: EvidenceVerdict;
  readonly reason: string;
}

/** By key; what is not in it was never measured. */
export type ShippedEvidence = Readonly<Record<string, readonly KeyEvidence[]>>;

export function bakedEvidence(): ShippedEvidence {
  return typeof TUNE_SHIPPED_EVIDENCE === 'undefined'
    ? {}
    : (JSON.parse(TUNE_SHIPPED_EVIDENCE) as ShippedEvidence);
}

export function condense(reports: readonly EvidenceReport[]): ShippedEvidence {
  const byKey: Record<string, KeyEvidence[]> = {};
  for (const { profile, settings } of reports) {
    for (const { key, verdict, reason } of settings) {
      byKey[key] = [...(byKey[key] ?? []), { profile, verdict, reason }];
    }
  }
  return byKey;
}
