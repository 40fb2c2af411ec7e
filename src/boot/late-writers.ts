/**
 * Programs that write sysctls after systemd-sysctl, seen from the files they leave: a correct line in sysctl.d may
 * still lose to them. What they write is listed where their files say it, else named by the keys they are known for.
 */
import type { ConfigLine } from '../model/snapshot.ts';
import { readLine, splitLines } from './sysctl-line.ts';
import { entriesOf, type FileTree, textOf } from './tree.ts';
import { tunedSettings } from './tuned.ts';
import { UNIT_DIRECTORIES } from './unit-files.ts';

export interface LateSetting {
  /** Below /proc/sys; `*` stands for any one component (an interface). */
  readonly path: string;
  /** The value it writes; null when it depends on the machine. */
  readonly value: string | null;
  /** The line that says so; null for what is known of the program itself. */
  readonly at: ConfigLine | null;
}

export interface LateWriter {
  readonly name: 'ufw' | 'tuned' | 'kubelet' | 'kube-proxy' | 'docker' | 'network-manager' | 'cloud-image';
  /** The file that gives it away. */
  readonly evidence: string;
  readonly settings: readonly LateSetting[];
  /** TuneD only: after its own profile it writes /run/sysctl.d, /etc/sysctl.d and /etc/sysctl.conf again. */
  readonly reappliesSysctl: boolean;
}

/** Files and directories that detection looks at, besides the unit directories. */
export const LATE_WRITER_FILES = [
  '/etc/default/ufw',
  '/etc/ufw/ufw.conf',
  '/etc/ufw/sysctl.conf',
  '/etc/tuned/active_profile',
  '/etc/tuned/tuned-main.conf',
  '/etc/docker/daemon.json',
  '/var/lib/kubelet/config.yaml',
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/kube-proxy/config.conf',
  '/var/lib/kube-proxy/kubeconfig',
  '/etc/NetworkManager/NetworkManager.conf',
] as const;

/** Services whose wants-links show that a program starts at boot. */
export const LATE_WRITER_UNITS = [
  'ufw.service',
  'tuned.service',
  'docker.service',
  'kubelet.service',
  'NetworkManager.service',
] as const;

export function lateWriters(tree: FileTree): readonly LateWriter[] {
  return [...ufw(tree), ...tuned(tree), ...known(tree), ...cloudImages(tree)];
}

/** Writers that touch the key, with the setting. */
export function lateWritersOf(
  writers: readonly LateWriter[],
  path: string,
): readonly { readonly writer: LateWriter; readonly setting: LateSetting }[] {
  return writers.flatMap((writer) =>
    writer.settings.filter((s) => matchesPath(s.path, path)).map((setting) => ({ writer, setting })),
  );
}

function matchesPath(pattern: string, path: string): boolean {
  if (!pattern.includes('*')) return pattern === path;
  const parts = path.split('/');
  const wanted = pattern.split('/');
  return wanted.length === parts.length && wanted.every((part, i) => part === '*' || part === parts[i]);
}

/** ufw runs `sysctl -e -q -p $IPT_SYSCTL` whenever it starts or reloads. */
function ufw(tree: FileTree): readonly LateWriter[] {
  if (!/^\s*ENABLED=["']?yes["']?\s*$/im.test(fileText(tree, '/etc/ufw/ufw.conf') ?? '')) return [];
  const configured = /^\s*IPT_SYSCTL=["']?([^"'\s#]*)/m.exec(fileText(tree, '/etc/default/ufw') ?? '')?.[1];
  if (configured === '') return [];
  const file = configured ?? '/etc/ufw/sysctl.conf';
  const settings = settingsOf(file, fileText(tree, file) ?? '');
  return [{ name: 'ufw', evidence: file, settings, reappliesSysctl: false }];
}

function settingsOf(file: string, text: string): readonly LateSetting[] {
  return splitLines('procps', text).lines.flatMap((line, i) => {
    const meaning = readLine('procps', line);
    if (meaning.kind !== 'assignment' || meaning.glob) return [];
    return [{ path: meaning.path, value: meaning.value, at: { file, line: i + 1, text: line } }];
  });
}

function tuned(tree: FileTree): readonly LateWriter[] {
  const active = fileText(tree, '/etc/tuned/active_profile')?.trim();
  if (!active || !starts(tree, 'tuned.service')) return [];
  const off = /^\s*reapply_sysctl\s*=\s*(0|false|no)\s*$/im;
  return [
    {
      name: 'tuned',
      evidence: '/etc/tuned/active_profile',
      settings: tunedSettings(tree, active.split(/\s+/)),
      reappliesSysctl: !off.test(fileText(tree, '/etc/tuned/tuned-main.conf') ?? ''),
    },
  ];
}

const fixed = (entries: Readonly<Record<string, string | null>>): readonly LateSetting[] =>
  Object.entries(entries).map(([path, value]) => ({ path, value, at: null }));

/** kubelet without protectKernelDefaults, kube-proxy, docker and NetworkManager: what their sources write. */
function known(tree: FileTree): readonly LateWriter[] {
  const writers: LateWriter[] = [];
  const add = (name: LateWriter['name'], evidence: string | null, settings: readonly LateSetting[]) => {
    if (evidence !== null) writers.push({ name, evidence, settings, reappliesSysctl: false });
  };
  const kubelet = fileText(tree, '/var/lib/kubelet/config.yaml') ?? '';
  const protectedDefaults = /^\s*protectKernelDefaults:\s*true\b/m.test(kubelet);
  add(
    'kubelet',
    protectedDefaults
      ? null
      : evidence(tree, ['/var/lib/kubelet/config.yaml', '/etc/kubernetes/kubelet.conf'], 'kubelet.service'),
    fixed({
      'vm/overcommit_memory': '1',
      'vm/panic_on_oom': '0',
      'kernel/panic': '10',
      'kernel/panic_on_oops': '1',
      'kernel/keys/root_maxkeys': '1000000',
      'kernel/keys/root_maxbytes': '25000000',
    }),
  );
  add(
    'kube-proxy',
    evidence(
      tree,
      ['/var/lib/kube-proxy/config.conf', '/var/lib/kube-proxy/kubeconfig', '/var/lib/kubelet/config.yaml'],
      null,
    ),
    fixed({
      'net/netfilter/nf_conntrack_max': null,
      'net/netfilter/nf_conntrack_tcp_timeout_established': '86400',
      'net/netfilter/nf_conntrack_tcp_timeout_close_wait': '3600',
      'net/ipv4/conf/all/route_localnet': '1',
    }),
  );
  add(
    'docker',
    evidence(tree, ['/etc/docker/daemon.json'], 'docker.service'),
    fixed({
      'net/ipv4/ip_forward': '1',
      'net/ipv6/conf/all/forwarding': null,
      'net/ipv6/conf/default/forwarding': null,
      'net/bridge/bridge-nf-call-iptables': '1',
      'net/bridge/bridge-nf-call-ip6tables': '1',
      'net/ipv4/conf/*/route_localnet': '1',
    }),
  );
  add(
    'network-manager',
    starts(tree, 'NetworkManager.service') ? '/etc/NetworkManager/NetworkManager.conf' : null,
    fixed({
      'net/ipv6/conf/*/accept_ra': null,
      'net/ipv6/conf/*/disable_ipv6': null,
      'net/ipv6/conf/*/use_tempaddr': null,
      'net/ipv6/conf/*/addr_gen_mode': null,
      'net/ipv6/conf/*/forwarding': null,
      'net/ipv4/conf/*/forwarding': null,
    }),
  );
  return writers;
}

/** Drop-ins that the makers of cloud images ship and rewrite: read by the loaders like any other file. */
const CLOUD = /^(99-gke|60-gce|google|99-cloudimg|90-aws|99-amazon|60-azure|99-eks|10-digitalocean)/;

function cloudImages(tree: FileTree): readonly LateWriter[] {
  return ['/etc/sysctl.d', '/usr/lib/sysctl.d'].flatMap((directory) =>
    entriesOf(tree, directory)
      .filter((entry) => CLOUD.test(entry.name) && textOf(entry) !== null)
      .map((entry) => {
        const file = `${directory}/${entry.name}`;
        const settings = settingsOf(file, textOf(entry) ?? '');
        return { name: 'cloud-image' as const, evidence: file, settings, reappliesSysctl: false };
      }),
  );
}

function evidence(tree: FileTree, files: readonly string[], unit: string | null): string | null {
  const file = files.find((path) => fileText(tree, path) !== null);
  return file ?? (unit !== null && starts(tree, unit) ? unit : null);
}

/** Is the unit enabled: linked into some target's `.wants` directory? */
function starts(tree: FileTree, unit: string): boolean {
  const roots = UNIT_DIRECTORIES as readonly string[];
  return tree.directories.some(
    ({ path, entries }) =>
      path.endsWith('.wants') &&
      roots.includes(path.slice(0, path.lastIndexOf('/'))) &&
      entries.some((entry) => entry.name === unit && entry.kind !== 'dev-null'),
  );
}

function fileText(tree: FileTree, path: string): string | null {
  const entry = tree.files[path];
  return entry === undefined ? null : textOf(entry);
}
