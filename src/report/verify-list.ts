/** One line for each report that is kept. */
import type { VerifyReport } from '../model/verify.ts';
import type { Palette } from './palette.ts';
import { grouped } from './soak-wording.ts';

export interface KeptReport {
  readonly id: string;
  /** Null when it cannot be read by this version. */
  readonly report: VerifyReport | null;
}

export function reportLine({ id, report }: KeptReport, palette: Palette): string {
  if (report === null) return `${palette.bold(id)}  ${palette.warn('damaged or of another version')}\n`;
  const { startedAt, profile, verdict, soak } = report;
  const held = soak.state === 'ran' ? `, ${grouped(soak.report.held)} held` : '';
  return `${palette.bold(id)}  ${startedAt}  ${profile.name}: ${verdict.state}${held}\n`;
}
