/** Reports that are kept: `/var/lib/tune/reports/0001.json`, root's alone, written once and never changed. */
import type { HostReader, Result } from '../host/reader.ts';
import type { HostWriter } from '../host/writer.ts';
import type { Refusal } from '../model/plan.ts';
import { putFresh } from './file-state.ts';
import { refusal } from './guard.ts';
import { JOURNAL_MODE, REPORTS, STATE_MODE } from './paths.ts';
import { lockState } from './state.ts';

const LARGEST_REPORT = 1 << 24;
const NAME = /^(\d{4,})\.json$/;

export type SavedReport =
  | { readonly ok: true; readonly id: string; readonly path: string }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** Flushed to the disk when this returns. Ids count up; none is used twice while its file is there. */
export function saveReport(writer: HostWriter, text: string): SavedReport {
  const locked = lockState(writer, 'verify');
  if (!locked.ok) return locked;
  try {
    const made = writer.makeDirectory(REPORTS, STATE_MODE);
    if (!made.ok && made.errno !== 'EEXIST') return failed(REPORTS, made.errno);
    const names = writer.list(REPORTS);
    if (!names.ok) return failed(REPORTS, names.errno);
    const id = String(Math.max(0, ...names.value.map(numberOf)) + 1).padStart(4, '0');
    const path = pathOf(id);
    const put = putFresh(writer, {
      path,
      temporary: `${REPORTS}/.${id}.new`,
      bytes: Buffer.from(text),
      mode: JOURNAL_MODE,
      uid: writer.uid,
      gid: writer.gid,
      mtime: null,
    });
    return put.ok ? { ok: true, id, path } : failed(path, put.errno);
  } finally {
    locked.release();
  }
}

/** Ids, oldest first. ENOENT is an empty list: nothing was ever verified here. */
export function listReports(host: HostReader): Result<readonly string[]> {
  const names = host.list(REPORTS);
  if (!names.ok) return names.errno === 'ENOENT' ? { ok: true, value: [] } : names;
  const ids = names.value.flatMap((name) => NAME.exec(name)?.[1] ?? []);
  return { ok: true, value: ids.sort((a, b) => Number(a) - Number(b)) };
}

export function readReport(host: HostReader, id: string): Result<string> {
  return host.read(pathOf(id), LARGEST_REPORT);
}

export function pathOf(id: string): string {
  return `${REPORTS}/${id}.json`;
}

function numberOf(name: string): number {
  return Number(NAME.exec(name)?.[1] ?? 0);
}

function failed(path: string, errno: string): SavedReport {
  const what = `${path} cannot be written: ${errno}.`;
  return { ok: false, refusals: [refusal('no-report', path, what)] };
}
