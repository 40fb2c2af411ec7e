/** What the golden files hold: the whole audit of a host, for a person at 80 columns and for a machine. */
import { readFileSync } from 'node:fs';
import { loadProfile } from '../../src/cli/profiles.ts';
import { gather } from '../../src/gather/index.ts';
import { parseCapture } from '../../src/host/capture.ts';
import { recordedHost } from '../../src/host/recorded.ts';
import { audit } from '../../src/pipeline.ts';
import { renderAudit } from '../../src/report/audit-human.ts';
import { auditToDocument } from '../../src/report/audit-json.ts';
import { PLAIN } from '../../src/report/palette.ts';
import { renderWalls } from '../../src/report/walls-human.ts';
import { findWalls } from '../../src/walls/index.ts';

export async function goldenResults(file: string): Promise<Readonly<Record<string, string>>> {
  const capture = parseCapture(readFileSync(file, 'utf8'), file);
  const results: Record<string, string> = {};
  for (const name of ['c1m', 'c500k']) {
    const result = audit({
      host: recordedHost(capture.recording, file),
      subject: capture.subject,
      root: '',
      profile: await loadProfile(name),
      goal: null,
      only: [],
      ignore: [],
    });
    results[`${name}.txt`] = renderAudit(result, { width: 80, palette: PLAIN, all: false });
    results[`${name}.all.txt`] = renderAudit(result, { width: 80, palette: PLAIN, all: true });
    results[`${name}.json`] = `${JSON.stringify(auditToDocument(result), null, 1)}\n`;
  }
  return results;
}

/** The walls of a host for a person at 80 columns, held against a million. */
export function goldenWalls(file: string): string {
  const capture = parseCapture(readFileSync(file, 'utf8'), file);
  const snapshot = gather(recordedHost(capture.recording, file), capture.subject);
  const walls = findWalls(snapshot);
  const report = { snapshot, walls, goal: walls.assumptions.target, side: 'server' as const };
  return renderWalls(report, { width: 80, palette: PLAIN });
}
