/**
 * `sysctl.KEY=VALUE` on the kernel's command line (fs/proc/proc_sysctl.c, since Linux 5.8): written before the first
 * program runs, so every sysctl.d line of the same key beats it.
 */
import type { ConfigLine } from '../model/snapshot.ts';
import type { SysctlWrite } from './sysctl-result.ts';

export const CMDLINE = '/proc/cmdline';

/** Parameters that stand for a sysctl key without the prefix. */
const ALIASES: Readonly<Record<string, string>> = {
  hardlockup_all_cpu_backtrace: 'kernel/hardlockup_all_cpu_backtrace',
  hung_task_panic: 'kernel/hung_task_panic',
  numa_zonelist_order: 'vm/numa_zonelist_order',
  softlockup_all_cpu_backtrace: 'kernel/softlockup_all_cpu_backtrace',
};

/** The writes, in order; the value goes in without a newline. */
export function cmdlineSysctls(cmdline: string): readonly SysctlWrite[] {
  const at: ConfigLine = { file: CMDLINE, line: 1, text: cmdline.trim() };
  const writes: SysctlWrite[] = [];
  for (const { name, value } of parameters(cmdline)) {
    const path = pathOf(name);
    if (path === null || value === null || value === '') continue;
    writes.push({ path, value, ignoreFailure: false, glob: false, at });
  }
  return writes;
}

/** Modules that the command line asks for: `modules_load=a,b` (systemd-modules-load). */
export function cmdlineModules(cmdline: string): readonly string[] {
  return parameters(cmdline)
    .filter(({ name }) => name === 'modules_load' || name === 'modules-load')
    .flatMap(({ value }) => value?.split(',') ?? [])
    .filter((name) => name !== '');
}

/** Every dot becomes a slash and slashes stay: an interface whose name has a dot cannot be named here. */
function pathOf(name: string): string | null {
  const alias = ALIASES[name];
  if (alias !== undefined) return alias;
  return /^sysctl[./]./.test(name) ? name.slice('sysctl.'.length).replaceAll('.', '/') : null;
}

/** next_arg of lib/cmdline.c: double quotes keep blanks together, around the value or around the whole. */
function parameters(cmdline: string): readonly { name: string; value: string | null }[] {
  const words: readonly string[] = cmdline.trim().match(/(?:"[^"]*"?|[^\s"])+/g) ?? [];
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).map((word) => {
    const whole = /^"([^"]*)"?$/.exec(word)?.[1] ?? word;
    const equals = whole.indexOf('=');
    if (equals === -1) return { name: whole, value: null };
    const value = whole.slice(equals + 1);
    return { name: whole.slice(0, equals), value: value.replace(/^"([^"]*)"?$/, '$1') };
  });
}
