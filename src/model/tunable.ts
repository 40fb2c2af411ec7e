/** A tunable: all that tune knows about one knob of the kernel, the login limits or the service manager. No I/O. */
import type { FactScope } from './fact.ts';
import type { WriteBounds } from './kernel-syntax.ts';
import type { Relation, RelationKind } from './relation.ts';
import { parseValue, type Shape, type Value } from './value.ts';

/** How a knob relates to network namespaces (or to processes and services, for limits). */
export type Reach =
  /** One value for the whole machine. */
  | 'host'
  /** Every network namespace has its own, starting from the kernel's default, not from the host's value. */
  | 'per-namespace'
  /** Visible in a child namespace but not writable there: only the initial namespace can set it. */
  | 'read-only-in-child'
  /** Not even visible in a child namespace. */
  | 'absent-in-child'
  | 'process'
  | 'service'
  | 'manager';

/** When a change is felt. */
export type Effect =
  | 'now'
  /** By sockets created after the change. */
  | 'new-sockets'
  /** By listeners that call listen() again: running services must restart. */
  | 're-listen'
  | 'new-session'
  | 'service-restart'
  | 'reboot'
  /** Cannot be changed at run time. */
  | 'never';

export type Unit =
  | 'files'
  | 'watches'
  | 'bytes'
  | 'KiB'
  | 'pages'
  | 'packets'
  | 'connections'
  | 'entries'
  | 'sockets'
  | 'processes'
  | 'mappings'
  | 'ports'
  | 'port'
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'attempts'
  | 'buckets'
  | 'ten-thousandths'
  | 'percent'
  | 'bitmap'
  | 'mode'
  | 'name';

/** A default, by kernel version. `from` and `until` are inclusive release numbers (`5.4`); absent means open. */
export interface KernelDefault {
  readonly from?: string;
  readonly until?: string;
  /** The kernel's text for it, or null when it depends on the machine. */
  readonly value: string | null;
  /** How it is computed, or who sets it (the kernel, systemd's PID 1, a distribution's file). */
  readonly how: string;
}

export interface Source {
  /** How the statement is known. `unverified` marks knowledge that nobody has checked here. */
  readonly kind: 'kernel-doc' | 'man' | 'source' | 'tested' | 'vendor-doc' | 'report' | 'unverified';
  /** Document, file or function, with the version it was read in. */
  readonly ref: string;
}

/** A worked example that a test runs and the docs print: is `live` as wanted? */
export interface Example {
  readonly wanted: Relation;
  /** The text as the kernel prints it. */
  readonly live: string;
  readonly verdict: 'met' | 'unmet';
  readonly note?: string;
}

export interface Interlock {
  readonly key: string;
  readonly why: string;
}

export interface Tunable {
  readonly key: string;
  /** What it limits or sets, in one sentence without the key's name. */
  readonly title: string;
  readonly shape: Shape;
  readonly unit: Unit;
  readonly scope: FactScope;
  readonly reach: Reach;
  readonly access: 'read-write' | 'read-only';
  /** Absent key: the module that brings it (`nf_conntrack`), if it is not always there. */
  readonly module?: string;
  /** First and last kernel release that has the key; absent means every kernel tune supports. */
  readonly since?: string;
  readonly until?: string;
  /** Set where any negative number means "no limit" (tcp_max_tw_buckets): it then compares above every number. */
  readonly negativeMeans?: 'unlimited';
  /** What the kernel refuses with EINVAL, per element. */
  readonly bounds: WriteBounds;
  /** Nonsense that the kernel accepts in silence, as sentences. */
  readonly silentlyAccepts: readonly string[];
  readonly defaults: readonly KernelDefault[];
  /** The relation an audit should use for it: comparing otherwise gives false alarms or lowers a host. */
  readonly relation: RelationKind;
  readonly effect: Effect;
  /** Why it matters for many connections, in the words of an engineer explaining it once. */
  readonly why: string;
  /** What raising it costs: memory with numbers, exposure, latency. */
  readonly cost: string;
  /** What breaks when it is wrong, too low or too high. */
  readonly danger: string;
  readonly interlocks: readonly Interlock[];
  readonly sources: readonly Source[];
  readonly examples: readonly Example[];
}

/** The /proc/sys path of a sysctl key; null for limits and other knobs that are not files there. */
export function procPath(key: string): string | null {
  return /^(fs|net|vm|kernel)\./.test(key) ? `/proc/sys/${key.replaceAll('.', '/')}` : null;
}

/** The value in the kernel's text for this knob, by its shape and its own meaning of negative numbers; null if it is none. */
export function parseLive(tunable: Tunable, text: string): Value | null {
  const value = parseValue(tunable.shape, text);
  // Judged as a number, "no limit" would look too low, and raising it to the wanted number would lower it.
  const unlimited = value?.kind === 'integer' && value.n < 0n && tunable.negativeMeans === 'unlimited';
  return unlimited ? { kind: 'limit', n: 'unlimited' } : value;
}
