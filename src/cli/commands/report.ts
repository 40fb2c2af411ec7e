/** tune report: what an earlier verify found. */
import { linuxHost } from '../../host/linux.ts';
import { InputError } from '../../model/error.ts';
import type { VerifyReport } from '../../model/verify.ts';
import { renderVerify } from '../../report/verify-human.ts';
import { reportLine } from '../../report/verify-list.ts';
import { parseVerifyReport } from '../../report/verify-schema.ts';
import { listReports, readReport, reportPath } from '../../write/index.ts';
import { EXIT } from '../exit.ts';
import { type Io, toJsonText } from '../io.ts';
import { parseFlags, reportFlags } from '../options.ts';

export async function runReport(raw: unknown, io: Io): Promise<number> {
  const flags = parseFlags(reportFlags, raw);
  const ids = readIds();
  if (flags.list) {
    const entries = ids.map((id) => ({ id, report: load(id) }));
    io.print(
      flags.format === 'json'
        ? toJsonText({ kind: 'tune-reports', schemaVersion: 1, reports: entries })
        : entries.map((entry) => reportLine(entry, io.palette)).join('') || 'No report is kept here.\n',
    );
    return EXIT.asWanted;
  }
  const id = flags.id ?? ids.at(-1);
  if (id === undefined) throw new InputError('no report is kept here: "tune verify" makes one', 'report');
  if (!ids.includes(id))
    throw new InputError(`no report ${id}; there are: ${ids.join(', ') || 'none'}`, 'report');
  const report = load(id);
  if (report === null)
    throw new InputError(`${reportPath(id)} is damaged or of another version of tune`, 'report');
  io.print(flags.format === 'json' ? toJsonText(report) : renderVerify(report, io.width, io.palette));
  return EXIT.asWanted;
}

function readIds(): readonly string[] {
  const ids = listReports(linuxHost());
  if (ids.ok) return ids.value;
  throw new InputError(`the reports cannot be read (${ids.errno}): run it as root`, 'report');
}

function load(id: string): VerifyReport | null {
  const text = readReport(linuxHost(), id);
  return text.ok ? parseVerifyReport(text.value) : null;
}
