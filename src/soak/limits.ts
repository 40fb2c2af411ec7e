/** The limits that can stop a soak, as they stand now: what a blame compares its evidence with. */
import { gatherCapabilities } from '../gather/machine.ts';
import { parseLimits } from '../gather/proc.ts';
import type { HostReader } from '../host/reader.ts';
import { CAP_SYS_ADMIN, hasCapability } from '../model/machine.ts';
import { type PortSpan, parsePortSet } from '../model/value.ts';

/** null: the key is not there, or not readable from here. Numbers above 2^53 (file-max on systemd hosts) are rounded. */
export interface MachineLimits {
  readonly nofileHard: number;
  readonly nprocHard: number | null;
  readonly nrOpen: number | null;
  readonly fileMax: number | null;
  /** fs.file-max holds nobody back who has CAP_SYS_ADMIN (fs/file_table.c alloc_empty_file). */
  readonly isAboveFileMax: boolean;
  readonly epollWatches: number | null;
  readonly pidMax: number | null;
  readonly threadsMax: number | null;
  /** Tasks that exist now on the machine. */
  readonly tasks: number | null;
  /** Pages: minimum, pressure, maximum. The key exists in the initial namespace only. */
  readonly tcpMem: readonly [number, number, number] | null;
}

export interface NetLimits {
  readonly portRange: { readonly low: number; readonly high: number };
  readonly reserved: readonly PortSpan[];
  readonly somaxconn: number | null;
  readonly synBacklog: number | null;
  readonly syncookies: number | null;
  readonly abortOnOverflow: number | null;
  readonly conntrackMax: number | null;
  readonly twReuse: number | null;
  /** Bytes; 4294967295 is no limit. */
  readonly notsentLowat: number | null;
  readonly timestamps: number | null;
  /** Kernels since 6.18: milliseconds for which a port in TIME_WAIT is not reused. */
  readonly twReuseDelay: number | null;
}

/** The kernel's own default range (net/ipv4/af_inet.c), where the key cannot be read. */
const DEFAULT_RANGE = { low: 32768, high: 60999 };
const NOFILE_FALLBACK = 1024;

/** To be read before a namespace of its own is entered: some of these keys are not there. */
export function readMachineLimits(host: HostReader): MachineLimits {
  const limits = host.read('/proc/self/limits');
  const table = parseLimits(limits.ok ? limits.value : '');
  const hard = (name: string) => numberOf(table.get(name)?.hard);
  const load = host.read('/proc/loadavg');
  const tasks = load.ok ? /^\S+ \S+ \S+ \d+\/(\d+)/.exec(load.value)?.[1] : undefined;
  const [low, pressure, high] = numbers(host, '/proc/sys/net/ipv4/tcp_mem');
  return {
    nofileHard: hard('Max open files') ?? NOFILE_FALLBACK,
    nprocHard: hard('Max processes'),
    nrOpen: sysctl(host, 'fs/nr_open'),
    fileMax: sysctl(host, 'fs/file-max'),
    isAboveFileMax: hasCapability({ capabilities: gatherCapabilities(host) }, CAP_SYS_ADMIN),
    epollWatches: sysctl(host, 'fs/epoll/max_user_watches'),
    pidMax: sysctl(host, 'kernel/pid_max'),
    threadsMax: sysctl(host, 'kernel/threads-max'),
    tasks: tasks === undefined ? null : Number(tasks),
    tcpMem: low === undefined || pressure === undefined || high === undefined ? null : [low, pressure, high],
  };
}

/** To be read in the namespace that the soak runs in. */
export function readNetLimits(host: HostReader): NetLimits {
  const [low, high] = numbers(host, '/proc/sys/net/ipv4/ip_local_port_range');
  const reserved = host.read('/proc/sys/net/ipv4/ip_local_reserved_ports');
  const parsed = reserved.ok ? parsePortSet(reserved.value) : null;
  return {
    portRange: low === undefined || high === undefined ? DEFAULT_RANGE : { low, high },
    reserved: parsed?.kind === 'portSet' ? parsed.spans : [],
    somaxconn: sysctl(host, 'net/core/somaxconn'),
    synBacklog: sysctl(host, 'net/ipv4/tcp_max_syn_backlog'),
    syncookies: sysctl(host, 'net/ipv4/tcp_syncookies'),
    abortOnOverflow: sysctl(host, 'net/ipv4/tcp_abort_on_overflow'),
    conntrackMax: sysctl(host, 'net/netfilter/nf_conntrack_max'),
    notsentLowat: sysctl(host, 'net/ipv4/tcp_notsent_lowat'),
    twReuse: sysctl(host, 'net/ipv4/tcp_tw_reuse'),
    timestamps: sysctl(host, 'net/ipv4/tcp_timestamps'),
    twReuseDelay: sysctl(host, 'net/ipv4/tcp_tw_reuse_delay'),
  };
}

function sysctl(host: HostReader, key: string): number | null {
  return numbers(host, `/proc/sys/${key}`)[0] ?? null;
}

function numbers(host: HostReader, path: string): readonly number[] {
  const text = host.read(path);
  const words = text.ok ? text.value.trim().split(/\s+/) : [];
  return words.every((word) => /^-?\d+$/.test(word)) ? words.map(Number) : [];
}

/** `unlimited` is as good as any number a soak could need. */
function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  return text === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(text);
}
