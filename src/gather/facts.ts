/** One fact per tunable: the live value, or exactly why there is none. */

import type { HostReader } from '../host/reader.ts';
import { NOT_CAPTURED } from '../host/recorded.ts';
import type { AbsentReason, Fact, Reading } from '../model/fact.ts';
import { compareRelease, type Machine } from '../model/machine.ts';
import { parseLive, procPath, type Tunable } from '../model/tunable.ts';
import { type ProcessLimit, parseLimits } from './proc.ts';

/** Room for every port as its own item: `65535,` sixty-five thousand times. */
const LARGEST_SYSCTL = 1 << 19;

/** Row names in /proc/PID/limits (proc(5)) by the limit's name in the catalogue. */
const LIMIT_ROWS: Readonly<Record<string, string>> = {
  nofile: 'Max open files',
  nproc: 'Max processes',
  memlock: 'Max locked memory',
};

export function gatherSysctl(host: HostReader, machine: Machine, tunable: Tunable): Fact {
  const path = procPath(tunable.key) ?? '';
  const text = host.read(path, LARGEST_SYSCTL);
  return {
    key: tunable.key,
    scope: tunable.scope,
    source: path,
    reading: text.ok ? parseReading(tunable, text.value) : failedReading(text.errno, machine, tunable),
  };
}

/** Limits of the subject process, as `limit.nofile.soft` and so on. */
export function gatherLimits(
  host: HostReader,
  machine: Machine,
  tunables: readonly Tunable[],
): readonly Fact[] {
  const path = `/proc/${machine.subject.pid}/limits`;
  const text = host.read(path);
  const rows: ReadonlyMap<string, ProcessLimit> = text.ok ? parseLimits(text.value) : new Map();
  return tunables.map((tunable) => {
    const [, name = '', end = ''] = tunable.key.split('.');
    const row = rows.get(LIMIT_ROWS[name] ?? '');
    const value = row?.[end === 'soft' ? 'soft' : 'hard'];
    return {
      key: tunable.key,
      scope: tunable.scope,
      source: `${path} (${LIMIT_ROWS[name] ?? name}, ${end})`,
      reading: !text.ok
        ? failedReading(text.errno, machine, tunable)
        : value === undefined
          ? { state: 'unparsable', text: text.value.slice(0, 80) }
          : parseReading(tunable, value),
    };
  });
}

export function parseReading(tunable: Tunable, text: string): Reading {
  const value = parseLive(tunable, text);
  return value === null
    ? { state: 'unparsable', text: text.trim().slice(0, 200) }
    : { state: 'value', value };
}

function failedReading(errno: string, machine: Machine, tunable: Tunable): Reading {
  if (errno === NOT_CAPTURED) return { state: 'absent', reason: 'not-captured' };
  if (errno === 'ENOENT' || errno === 'ENOTDIR')
    return { state: 'absent', reason: absentReason(machine, tunable) };
  return { state: 'denied', errno };
}

/** Why is a key not there? The module, the version, the namespace: three different remedies. */
export function absentReason(machine: Machine, tunable: Tunable): AbsentReason {
  if (machine.sandbox === 'gvisor') return 'sandbox';
  if (tunable.until !== undefined && compareRelease(machine.kernelRelease, tunable.until) > 0)
    return 'not-in-this-kernel';
  if (tunable.since !== undefined && compareRelease(machine.kernelRelease, tunable.since) < 0)
    return 'not-in-this-kernel';
  if (tunable.module !== undefined) return 'module-not-loaded';
  const hidden = tunable.reach === 'absent-in-child' || tunable.reach === 'read-only-in-child';
  return hidden && machine.initialNetns === 'no' ? 'child-namespace' : 'not-in-this-kernel';
}
