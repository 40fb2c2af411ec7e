/** Keys that a module brings: when it is loaded after systemd-sysctl has run, the line in sysctl.d does nothing. */
import { cmdlineModules } from './cmdline.ts';
import { confDirectories, confFiles } from './conf-files.ts';
import { splitLines } from './sysctl-line.ts';
import { type FileTree, textOf } from './tree.ts';

/** By the beginning of the path below /proc/sys. */
const MODULES: readonly (readonly [prefix: string, module: string])[] = [
  ['net/netfilter/nf_conntrack', 'nf_conntrack'],
  ['net/nf_conntrack_max', 'nf_conntrack'],
  ['net/netfilter/nf_flowtable', 'nf_flow_table'],
  ['net/bridge/', 'br_netfilter'],
  ['net/ipv4/vs/', 'ip_vs'],
  ['net/sctp/', 'sctp'],
  ['net/smc/', 'smc'],
  ['net/mptcp/', 'mptcp'],
  ['net/mpls/', 'mpls_router'],
  ['net/rds/', 'rds'],
  ['net/dccp/', 'dccp'],
  ['fs/nfs/', 'nfs'],
  ['sunrpc/', 'sunrpc'],
];

/** The module that brings the key; null when the kernel itself does. */
export function moduleOfPath(path: string): string | null {
  return MODULES.find(([prefix]) => path.startsWith(prefix))?.[1] ?? null;
}

/** The kernel shows this file of a module that was loaded, and none for what is built in. */
export const LOADED_CONNTRACK = '/sys/module/nf_conntrack/initstate';

export interface ModuleRequest {
  readonly module: string;
  readonly file: string;
  readonly line: number;
}

/** Modules that systemd-modules-load loads before systemd-sysctl runs: modules-load.d and the command line. */
export function earlyModules(tree: FileTree, cmdline: string): readonly ModuleRequest[] {
  const files = confFiles(tree, { directories: confDirectories('modules-load.d'), hidden: false }).read;
  const requests = files.flatMap(({ path, entry }) =>
    splitLines('systemd', textOf(entry) ?? '')
      .lines.map((text, i) => ({ module: moduleName(text.trim()), file: path, line: i + 1 }))
      .filter(({ module }) => module !== '' && !/^[#;]/.test(module)),
  );
  return [
    ...requests,
    ...cmdlineModules(cmdline).map((name) => ({ module: moduleName(name), file: '/proc/cmdline', line: 1 })),
  ];
}

/** Dashes and underscores are the same in a module's name. */
function moduleName(text: string): string {
  return text.replaceAll('-', '_');
}
