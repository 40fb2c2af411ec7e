/** What a sysctl loader would do: the writes it makes, in order, and the lines that come to nothing. */
import type { ConfigLine } from '../model/snapshot.ts';
import type { Complaint } from './complaint.ts';

export type LoaderName = 'systemd-sysctl' | 'procps';

export interface SysctlWrite {
  /** The key's canonical path below /proc/sys. */
  readonly path: string;
  /** The value as the file has it; the loader appends a newline. */
  readonly value: string;
  readonly ignoreFailure: boolean;
  /** True when a glob led here. */
  readonly glob: boolean;
  readonly at: ConfigLine;
}

export type LossReason =
  /** A later assignment replaces it. */
  | 'overwritten'
  /** It says what an earlier line says already (systemd keeps the earlier one). */
  | 'repeated'
  /** A glob would have set it, but the key is also set (or excluded) by name. */
  | 'explicit-setting-wins'
  | 'excluded'
  /** systemd: `-key` without `=` below the assignment erases it. */
  | 'erased-by-exclusion'
  /** The whole file is masked by one of the same name in a higher directory. */
  | 'file-masked'
  /** The loader does not read this file. */
  | 'file-not-read'
  /** The kernel refuses the text. */
  | 'refused';

export interface Loss {
  readonly path: string;
  readonly value: string;
  readonly at: ConfigLine;
  readonly reason: LossReason;
  /** The line or file that wins; null where there is none. */
  readonly by: { readonly file: string; readonly line: number | null } | null;
}

export interface LoaderResult {
  readonly loader: LoaderName;
  /** In the order they are made; a later write to the same path replaces an earlier one. */
  readonly writes: readonly SysctlWrite[];
  readonly losses: readonly Loss[];
  readonly complaints: readonly Complaint[];
  /** Paths of the files that are read, in order. */
  readonly filesRead: readonly string[];
  /** A reason, other than a write the kernel refuses, why the program ends with a failure; null when there is none. */
  readonly failure: string | null;
}

/** A million globs must not become a billion writes: beyond this the loader's result is cut and it is said so. */
export const MAX_ATTEMPTS = 100_000;
