/** The machine itself: kernel, memory, namespaces, capabilities, container, listeners. */
import type { HostReader } from '../host/reader.ts';
import type { Conntrack, Machine, Memory, Ternary } from '../model/machine.ts';
import { gatherCgroup } from './cgroup.ts';
import { gatherListeners } from './listeners.ts';
import { parseAssignments, parseColonLines, parseKilobytes } from './proc.ts';
import { detectSandbox } from './sandbox.ts';
import { findSubject, type SubjectChoice } from './subject.ts';

const SIXTY_FOUR_BITS =
  /^(x86_64|aarch64|arm64|x64|ppc64(le)?|s390x|riscv64|loong64|loongarch64|mips64(el)?)$/;

/** @throws InputError when the process or service that the user named is not there. */
export function gatherMachine(host: HostReader, choice: SubjectChoice): Machine {
  const self = host.self();
  const subject = findSubject(host, choice);
  const { listeners, incomplete } = gatherListeners(host);
  const { sandbox, evidence } = detectSandbox(host);
  const memory = gatherMemory(host);
  const release = textOf(host, '/proc/sys/kernel/osrelease') ?? 'unknown';
  return {
    kernelRelease: release,
    arch: self.arch,
    // A 32-bit kernel is what matters, and LowTotal is printed only by one with high memory.
    bits: memory.lowTotal === null && SIXTY_FOUR_BITS.test(self.arch) ? 64 : 32,
    pageSize: self.pageSize,
    cpus: countCpus(host),
    bootId: textOf(host, '/proc/sys/kernel/random/boot_id'),
    memory,
    distribution: gatherDistribution(host),
    init: textOf(host, '/proc/1/comm') ?? 'unknown',
    sandbox,
    sandboxEvidence: evidence,
    initialNetns: initialNetns(host, sandbox === 'gvisor'),
    procSysWritable: writableNetns(host),
    capabilities: gatherCapabilities(host),
    uid: self.uid,
    cgroup: gatherCgroup(host, subject.pid),
    conntrack: gatherConntrack(host),
    listeners,
    listenersIncomplete: incomplete,
    subject,
    subjectSharesNetns: sharesNetns(host, subject.pid),
  };
}

function gatherMemory(host: HostReader): Memory {
  const text = host.read('/proc/meminfo');
  const fields = parseColonLines(text.ok ? text.value : '');
  return {
    total: parseKilobytes(fields.get('MemTotal')) ?? 0n,
    available: parseKilobytes(fields.get('MemAvailable')) ?? parseKilobytes(fields.get('MemFree')) ?? 0n,
    lowTotal: parseKilobytes(fields.get('LowTotal')),
    lowFree: parseKilobytes(fields.get('LowFree')),
  };
}

/** Where a distribution keeps systemd, by the time it has a merged /usr and before. */
const SYSTEMD = ['/usr/lib/systemd/systemd', '/lib/systemd/systemd'] as const;

/** What an image or a mounted disk says of itself; everything else is the running machine's. */
export function gatherImage(
  host: HostReader,
  root: string,
): Pick<Machine, 'distribution' | 'init' | 'initialNetns'> {
  const hasSystemd = SYSTEMD.some((path) => host.stat(`${root}${path}`).ok);
  return {
    distribution: gatherDistribution(host, root),
    init: hasSystemd ? 'systemd' : 'unknown',
    // An image is booted as a machine of its own.
    initialNetns: 'yes',
  };
}

function gatherDistribution(host: HostReader, root = ''): Machine['distribution'] {
  const etc = host.read(`${root}/etc/os-release`);
  const text = etc.ok ? etc : host.read(`${root}/usr/lib/os-release`);
  const fields = parseAssignments(text.ok ? text.value : '');
  return {
    id: fields.get('ID') ?? 'unknown',
    version: fields.get('VERSION_ID') ?? '',
    name: fields.get('PRETTY_NAME') ?? 'unknown distribution',
  };
}

/** `0-3,5` in /sys/devices/system/cpu/online. */
function countCpus(host: HostReader): number {
  const spans = textOf(host, '/sys/devices/system/cpu/online')?.split(',') ?? [];
  const count = spans.reduce((sum, span) => {
    const [low, high] = span.split('-').map(Number);
    return low === undefined || Number.isNaN(low) ? sum : sum + (high ?? low) - low + 1;
  }, 0);
  return Math.max(count, 1);
}

/** tcp_mem and netdev_max_backlog exist only in the initial network namespace (net/ipv4, net/core sysctl tables). */
function initialNetns(host: HostReader, isGvisor: boolean): Ternary {
  if (isGvisor) return 'unknown';
  const marks = ['/proc/sys/net/ipv4/tcp_mem', '/proc/sys/net/core/netdev_max_backlog'].map((p) =>
    host.read(p),
  );
  if (marks.some((mark) => mark.ok)) return 'yes';
  return marks.every((mark) => !mark.ok && mark.errno === 'ENOENT') ? 'no' : 'unknown';
}

function writableNetns(host: HostReader): Ternary {
  const access = host.writable('/proc/sys/net/core/somaxconn');
  if (access.ok) return 'yes';
  return ['EACCES', 'EROFS', 'EPERM'].includes(access.errno) ? 'no' : 'unknown';
}

/** Effective capability bits of this process; none where that cannot be told. */
export function gatherCapabilities(host: HostReader): bigint {
  const status = host.read('/proc/self/status');
  const mask = status.ok ? parseColonLines(status.value).get('CapEff') : undefined;
  return mask !== undefined && /^[0-9a-f]+$/i.test(mask) ? BigInt(`0x${mask}`) : 0n;
}

/** Hooks register only when a rule needs them, so no entry in use means that the limit does not bite here. */
function gatherConntrack(host: HostReader): Conntrack {
  const count = host.read('/proc/sys/net/netfilter/nf_conntrack_count');
  if (!count.ok) return count.errno === 'ENOENT' ? 'absent' : 'unknown';
  return /^\d+$/.test(count.value.trim()) && BigInt(count.value.trim()) > 0n ? 'active' : 'idle';
}

function sharesNetns(host: HostReader, pid: number): Ternary {
  const ours = host.readlink('/proc/self/ns/net');
  const theirs = host.readlink(`/proc/${pid}/ns/net`);
  if (!ours.ok || !theirs.ok) return 'unknown';
  return ours.value === theirs.value ? 'yes' : 'no';
}

function textOf(host: HostReader, path: string): string | null {
  const text = host.read(path);
  return text.ok ? text.value.trim() : null;
}
