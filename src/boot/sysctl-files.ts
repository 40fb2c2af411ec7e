/** Reads the chosen files of a sysctl loader into meaningful lines, with what is wrong with the files themselves. */
import type { ConfigLine } from '../model/snapshot.ts';
import { aboutFile, aboutLine, type Complaint } from './complaint.ts';
import { ComplaintLog } from './complaint-log.ts';
import type { ConfFile } from './conf-files.ts';
import { type Grammar, type LineMeaning, readLine, splitLines } from './sysctl-line.ts';
import { errnoOf, textOf } from './tree.ts';

export type Setting = Extract<LineMeaning, { kind: 'assignment' | 'exclusion' }>;

export interface SettingLine {
  readonly at: ConfigLine;
  readonly setting: Setting;
}

export interface FileReading {
  readonly settings: readonly SettingLine[];
  readonly complaints: readonly Complaint[];
  /** True when the program reports this file as an error (and ends with a failure). */
  readonly failed: boolean;
}

/** Everything the loader gets out of one file. */
export function readSysctlFile(grammar: Grammar, { path, entry }: ConfFile): FileReading {
  const text = textOf(entry);
  if (text === null) {
    const errno = errnoOf(entry);
    return { settings: [], complaints: [unreadable(path, errno)], failed: isFailure(grammar, errno) };
  }
  const { lines, cut } = splitLines(grammar, text);
  const settings: SettingLine[] = [];
  const complaints = new ComplaintLog();
  complaints.add(...fileComplaints(path, text));
  let malformed = false;
  for (const [i, line] of lines.entries()) {
    const meaning = readLine(grammar, line);
    if (meaning.kind === 'nothing') continue;
    const at = { file: path, line: i + 1, text: line };
    if (meaning.kind === 'malformed') {
      malformed = true;
      complaints.add(aboutLine('not-an-assignment', 'warning', at));
    } else settings.push({ at, setting: meaning });
  }
  if (cut) {
    complaints.add({ ...aboutFile('line-too-long', 'error', path), line: lines.length + 1 });
  }
  return { settings, complaints: complaints.all(), failed: cut || (grammar === 'systemd' && malformed) };
}

function unreadable(path: string, errno: string | null): Complaint {
  if (errno === null) return aboutFile('not-a-regular-file', 'error', path);
  if (errno === 'ENOENT') return aboutFile('dangling-symlink', 'warning', path);
  return aboutFile(errno === 'EFBIG' ? 'too-big' : 'cannot-open', 'error', path, errno);
}

/** A directory named x.conf opens, and only systemd looks at why reading it fails; procps minds what is not there. */
function isFailure(grammar: Grammar, errno: string | null): boolean {
  return errno !== null && errno !== 'EFBIG' && errno !== (grammar === 'systemd' ? 'ENOENT' : 'EISDIR');
}

function fileComplaints(path: string, text: string): Complaint[] {
  const found: Complaint[] = [];
  if (text.startsWith('\uFEFF')) found.push(aboutFile('byte-order-mark', 'warning', path));
  if (text.includes('\uFFFD')) found.push(aboutFile('invalid-utf8', 'warning', path));
  if (text.includes('\0')) found.push(aboutFile('nul-byte', 'warning', path));
  return found;
}
