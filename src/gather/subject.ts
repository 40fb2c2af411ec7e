/** Whose limits to read. Never our own: Node raises its soft nofile at start, and its children inherit that. */
import type { HostReader } from '../host/reader.ts';
import { InputError } from '../model/error.ts';
import type { Process } from '../model/machine.ts';
import { parseParentPid } from './proc.ts';

export type SubjectChoice =
  | { readonly by: 'parent' }
  | { readonly by: 'pid'; readonly pid: number }
  | { readonly by: 'service'; readonly unit: string };

/** Cgroup folders where systemd keeps a system service's processes: unified, hybrid, and legacy hierarchies. */
const SERVICE_ROOTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'] as const;
const LAUNCHER = /^(npm|npx|pnpm|yarn)\b/;
const SHELL = /^(sh|dash|bash|ash)$/;

/** @throws InputError when the process or service that the user named is not there. */
export function findSubject(host: HostReader, choice: SubjectChoice): Process {
  switch (choice.by) {
    case 'parent':
      return parentShell(host);
    case 'pid': {
      const name = processName(host, choice.pid);
      if (name === null) throw new InputError(`no process ${choice.pid}: it has gone or never was`, '--pid');
      return { pid: choice.pid, name, chosenBy: 'pid', unit: null };
    }
    case 'service':
      return serviceProcess(host, choice.unit);
  }
}

/** The shell that the user typed in: past `npm`, `npx` and the sh they start, which carry Node's raised limit. */
function parentShell(host: HostReader): Process {
  let pid = host.self().ppid;
  for (;;) {
    const name = processName(host, pid) ?? '?';
    const above = parentPid(host, pid);
    const aboveName = above === null ? null : processName(host, above);
    const launched =
      LAUNCHER.test(name) || (SHELL.test(name) && aboveName !== null && LAUNCHER.test(aboveName));
    if (!launched || above === null || above <= 1) return { pid, name, chosenBy: 'parent', unit: null };
    pid = above;
  }
}

function serviceProcess(host: HostReader, unit: string): Process {
  const name = unit.includes('.') ? unit : `${unit}.service`;
  if (!/^[A-Za-z0-9:_.@\\-]+\.service$/.test(name)) {
    throw new InputError(`"${unit}" is not a service name`, '--service');
  }
  for (const root of SERVICE_ROOTS) {
    const processes = host.read(`${root}/system.slice/${name}/cgroup.procs`);
    const first = processes.ok ? /^\d+/.exec(processes.value.trim())?.[0] : undefined;
    if (first !== undefined) {
      return {
        pid: Number(first),
        name: processName(host, Number(first)) ?? name,
        chosenBy: 'service',
        unit: name,
      };
    }
  }
  throw new InputError(
    `${name} is not running in system.slice: start it, or name its process with --pid`,
    '--service',
  );
}

function processName(host: HostReader, pid: number): string | null {
  const comm = host.read(`/proc/${pid}/comm`);
  return comm.ok ? comm.value.trim() : null;
}

function parentPid(host: HostReader, pid: number): number | null {
  const stat = host.read(`/proc/${pid}/stat`);
  return stat.ok ? parseParentPid(stat.value) : null;
}
