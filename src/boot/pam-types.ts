/** The nouns of pam_limits: which module, whose session, what it starts from and what it gets. */
import type { ConfigLine } from '../model/snapshot.ts';
import type { Quantity } from '../model/value.ts';
import type { Complaint } from './complaint.ts';
import type { Resource } from './limit-items.ts';
import type { PamRelease } from './limits-line.ts';

export interface PamVariant {
  readonly release: PamRelease;
  /** Debian and Ubuntu: root is limited only by lines that name it, and setrlimit's EPERM ends nothing. */
  readonly debian: boolean;
  /** Begin with the limits of process 1: Debian 12 and older do always, elsewhere it is the argument `set_all`. */
  readonly setAll: boolean;
}

export const UPSTREAM: PamVariant = { release: '1.7', debian: false, setAll: false };
export const DEBIAN_12: PamVariant = { release: '1.5', debian: true, setAll: true };
export const DEBIAN_13: PamVariant = { release: '1.7', debian: true, setAll: false };

export interface SessionUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Every group the user is in, the primary one included. */
  readonly groups: readonly { readonly name: string; readonly gid: number }[];
}

export interface LimitPair {
  readonly soft: Quantity;
  readonly hard: Quantity;
}

export type Limits = Readonly<Partial<Record<Resource, LimitPair>>>;

export interface PamContext {
  /** fs.nr_open. */
  readonly nrOpen: bigint;
  /** Has the program that opens the session CAP_SYS_RESOURCE? sshd, login and cron have, in a container maybe not. */
  readonly privileged: boolean;
  /** What the program that opens the session has itself. */
  readonly inherited: Limits;
  /** The limits of process 1, for `setAll`. */
  readonly init: Limits;
  /**
   * Descriptors that the program has open, 3 at the least: libpam then opens one more, to report the session to the
   * audit system, and refuses the session when it cannot.
   */
  readonly openFiles?: number;
}

export interface SessionLimit {
  readonly soft: Quantity;
  readonly hard: Quantity;
  /** The deciding lines; null where no line set it. */
  readonly softAt: ConfigLine | null;
  readonly hardAt: ConfigLine | null;
}

export interface PamResult {
  readonly limits: Readonly<Partial<Record<Resource, SessionLimit>>>;
  /** A reason why the session is refused; null when it opens. */
  readonly refused: { readonly reason: string; readonly file: string; readonly line: number | null } | null;
  /** The `DOMAIN -` line that frees this user from all limits; null when there is none. */
  readonly stoppedAt: ConfigLine | null;
  readonly complaints: readonly Complaint[];
}

/** The module of a distribution, by ID and VERSION_ID of /etc/os-release; upstream's for those not known. */
export function pamVariantOf(id: string, version: string): PamVariant {
  const release = Number.parseFloat(version);
  if (id === 'debian' || id === 'raspbian') return release < 13 ? DEBIAN_12 : DEBIAN_13;
  if (id === 'ubuntu') return release < 25 ? DEBIAN_12 : DEBIAN_13;
  if (/^(rhel|centos|rocky|almalinux|ol|amzn)$/.test(id) && release < 10)
    return { ...UPSTREAM, release: '1.5' };
  return UPSTREAM;
}
