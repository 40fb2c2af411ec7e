/** Which host: the machine itself, a capture, or the text of `sysctl -a`. */
import { resolve } from 'node:path';
import type { SubjectChoice } from '../gather/subject.ts';
import { linuxHost } from '../host/linux.ts';
import type { HostReader } from '../host/reader.ts';
import { recordedHost } from '../host/recorded.ts';
import { InputError } from '../model/error.ts';

export interface TargetFlags {
  readonly host?: string | undefined;
  readonly sysctl?: string | undefined;
  readonly pid: bigint | null;
  readonly service?: string | undefined;
  readonly root?: string | undefined;
}

export interface Target {
  readonly host: HostReader;
  readonly subject: SubjectChoice;
  /** '' is the running host. */
  readonly root: string;
}

/** @throws InputError for contradicting flags and for files that cannot be read or are damaged. */
export async function chooseTarget(flags: TargetFlags): Promise<Target> {
  const sources = [flags.host, flags.sysctl].filter((f) => f !== undefined);
  if (sources.length > 1) throw new InputError('give a capture or a sysctl file, not both', '--host');
  if (sources.length === 1 && (flags.pid !== null || flags.service !== undefined)) {
    throw new InputError(
      'a capture was taken of one process: choose it when capturing',
      flags.pid !== null ? '--pid' : '--service',
    );
  }
  const root = checkRoot(flags.root, sources.length > 0);
  if (flags.host !== undefined) {
    const { LARGEST_CAPTURE, parseCapture } = await import('../host/capture.ts');
    const capture = parseCapture(readInput(flags.host, '--host', LARGEST_CAPTURE), flags.host);
    return { host: recordedHost(capture.recording, flags.host), subject: capture.subject, root };
  }
  if (flags.sysctl !== undefined) {
    const { sysctlTextHost } = await import('../host/sysctl-text.ts');
    const text = readInput(flags.sysctl, '--sysctl', LARGEST_TEXT);
    return { host: sysctlTextHost(text, flags.sysctl, Date.now()), subject: { by: 'parent' }, root };
  }
  return { host: linuxHost(), subject: chooseSubject(flags), root };
}

/** An absolute, existing folder. @throws InputError otherwise, or for a capture, whose files are its own. */
export function checkRoot(root: string | undefined, isCapture: boolean): string {
  if (root === undefined) return '';
  if (isCapture) throw new InputError('a capture carries its own files', '--root');
  const path = resolve(root);
  const stat = linuxHost().list(path);
  if (!stat.ok)
    throw new InputError(`${root}: ${stat.errno === 'ENOENT' ? 'no such folder' : stat.errno}`, '--root');
  return path === '/' ? '' : path;
}

const LARGEST_TEXT = 16 << 20;

export function chooseSubject(flags: Pick<TargetFlags, 'pid' | 'service'>): SubjectChoice {
  if (flags.pid !== null && flags.service !== undefined)
    throw new InputError('give a process or a service, not both', '--pid');
  if (flags.pid !== null) return { by: 'pid', pid: Number(flags.pid) };
  return flags.service !== undefined ? { by: 'service', unit: flags.service } : { by: 'parent' };
}

const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a directory, not a file',
  EACCES: 'not readable by this user',
  EPERM: 'not readable by this user',
  EFBIG: 'far too large to be what is expected here',
  ENOTSUP: 'not a regular file',
};

/** Reads a file that the user named. @throws InputError in words, never a stack trace. */
export function readInput(path: string, where: string, maxBytes: number): string {
  const text = linuxHost().read(path, maxBytes);
  if (text.ok) return text.value;
  throw new InputError(`${path}: ${READ_FAILURES[text.errno] ?? text.errno}`, where);
}
