/** A host known only by the output of `sysctl -a`: the keys are there, everything else was not captured. */
import { InputError } from '../model/error.ts';
import type { HostReader } from './reader.ts';
import { type Recording, recordedHost } from './recorded.ts';

/** @throws InputError when no line looks like `key = value`. */
export function sysctlTextHost(text: string, file: string, now: number): HostReader {
  const files: Recording['files'] = {};
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z0-9_][^\s=]*)\s?=\s?(.*)$/.exec(line);
    if (match?.[1] !== undefined) files[pathOf(match[1])] = { value: `${match[2] ?? ''}\n` };
  }
  if (Object.keys(files).length === 0)
    throw new InputError('no line of the form "key = value": expected the output of sysctl -a', file);
  // `sysctl -a` leaves out keys that do not exist, so a key that is not listed was not there (or not readable).
  const self = { pid: 0, ppid: 0, uid: 0, pageSize: 4096, arch: 'unknown', now };
  return recordedHost(
    { self, files, lines: {}, lists: {}, links: {}, stats: {}, writable: {}, programs: {} },
    file,
  );
}

/** `net.ipv4.conf.eth0/100.rp_filter` → /proc/sys/net/ipv4/conf/eth0.100/rp_filter. */
function pathOf(key: string): string {
  const swapped = key.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
  return `/proc/sys/${swapped}`;
}
