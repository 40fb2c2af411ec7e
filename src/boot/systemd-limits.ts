/**
 * LimitNOFILE= of a unit and DefaultLimitNOFILE= of its manager, with the deciding line (systemd.exec(5),
 * systemd-system.conf(5); src/core/main.c, src/shared/dropin.c, src/basic/rlimit-util.c of 252 and 257).
 */
import type { ConfigLine } from '../model/snapshot.ts';
import { compareQuantity, type Quantity } from '../model/value.ts';
import { aboutFile, aboutLine, type Complaint } from './complaint.ts';
import { type ConfFile, confDirectories, confFiles } from './conf-files.ts';
import type { LimitPair } from './pam-types.ts';
import { errnoOf, type FileTree, textOf } from './tree.ts';
import { dropInDirectories, unitFile } from './unit-files.ts';
import { type UnitAssignment, unitAssignments } from './unit-text.ts';

export interface UnitLimit extends LimitPair {
  /** The deciding line; null for what is built in. */
  readonly at: ConfigLine | null;
  /** Earlier assignments that this one replaces, in order. */
  readonly losing: readonly ConfigLine[];
  readonly complaints: readonly Complaint[];
}

/** What systemd hands to services when nothing is configured: soft 1024, hard 524288 but not above fs.nr_open. */
export const BUILT_IN_HARD = 524288n;
/** The limits of process 1 itself. */
export const INIT_LIMITS = '/proc/1/limits';
const FD_SETSIZE = 1024n;
const MAIN_DIRECTORIES = ['/etc', '/run', '/usr/local/lib', '/usr/lib'] as const;

/** The system manager's DefaultLimitNOFILE. `nrOpen` is fs.nr_open when process 1 starts. */
export function systemDefault(tree: FileTree, nrOpen: bigint): UnitLimit {
  const builtIn = { soft: FD_SETSIZE, hard: nrOpen < BUILT_IN_HARD ? nrOpen : BUILT_IN_HARD };
  return decide(managerFiles(tree, 'system.conf'), 'Manager', 'DefaultLimitNOFILE', builtIn);
}

/** A user manager's DefaultLimitNOFILE; built in is what the manager itself was given, soft at most 1024. */
export function userDefault(tree: FileTree, inherited: LimitPair): UnitLimit {
  const soft = compareQuantity(inherited.soft, FD_SETSIZE) > 0 ? FD_SETSIZE : inherited.soft;
  return decide(managerFiles(tree, 'user.conf'), 'Manager', 'DefaultLimitNOFILE', {
    soft,
    hard: inherited.hard,
  });
}

export interface ServiceLimit extends UnitLimit {
  /** Null when the unit has no file; `masked` when it is a symlink to /dev/null. */
  readonly unitFile: string | null;
  readonly masked: boolean;
}

/** A system service: its own LimitNOFILE, else the manager's default. */
export function serviceLimit(tree: FileTree, unit: string, fallback: UnitLimit): ServiceLimit {
  const own = unitFile(tree, unit);
  const dropIns = confFiles(tree, { directories: dropInDirectories(unit), hidden: false }).read;
  const files = own === null ? dropIns : [own, ...dropIns];
  const decided = decide(files, 'Service', 'LimitNOFILE', fallback);
  return {
    ...decided,
    at: decided.at ?? fallback.at,
    losing: decided.at !== null && fallback.at !== null ? [fallback.at, ...decided.losing] : decided.losing,
    unitFile: own?.path ?? null,
    masked: own?.entry.kind === 'dev-null',
  };
}

/**
 * What the process really gets: the manager asks for no more than the kernel allows (setrlimit_closest), so a limit
 * above fs.nr_open becomes fs.nr_open.
 */
export function withinNrOpen({ soft, hard }: LimitPair, nrOpen: bigint): LimitPair {
  const least = (n: Quantity): Quantity => (compareQuantity(n, nrOpen) > 0 ? nrOpen : n);
  return compareQuantity(hard, nrOpen) > 0 ? { soft: least(soft), hard: nrOpen } : { soft, hard };
}

function managerFiles(tree: FileTree, name: string): readonly ConfFile[] {
  const dropIns = confFiles(tree, { directories: confDirectories(`systemd/${name}.d`), hidden: false }).read;
  for (const directory of MAIN_DIRECTORIES) {
    const path = `${directory}/systemd/${name}`;
    const entry = tree.files[path];
    if (entry !== undefined && entry.kind !== 'dangling') return [{ path, entry }, ...dropIns];
  }
  return dropIns;
}

function decide(files: readonly ConfFile[], section: string, key: string, builtIn: LimitPair): UnitLimit {
  const complaints: Complaint[] = [];
  const losing: ConfigLine[] = [];
  let limit = builtIn;
  let at: ConfigLine | null = null;
  for (const { path, entry } of files) {
    const text = textOf(entry);
    if (text === null) {
      const errno = errnoOf(entry);
      if (errno !== 'ENOENT') complaints.push(aboutFile('cannot-open', 'error', path, errno));
      continue;
    }
    for (const assignment of unitAssignments(path, text)) {
      if (assignment.key !== key) continue;
      const parsed = inSection(assignment, section, complaints) ? parseRlimit(assignment.value) : null;
      if (parsed === null) continue;
      if (typeof parsed === 'string') {
        complaints.push(aboutLine(parsed, 'error', assignment.at, assignment.value));
        continue;
      }
      if (at !== null) losing.push(at);
      limit = parsed;
      at = assignment.at;
    }
  }
  return { soft: limit.soft, hard: limit.hard, at, losing, complaints };
}

function inSection({ section, at }: UnitAssignment, wanted: string, complaints: Complaint[]): boolean {
  if (section === wanted) return true;
  if (section === '') complaints.push(aboutLine('outside-section', 'error', at, wanted));
  else complaints.push(aboutLine('wrong-section', 'error', at, section));
  return false;
}

/** rlimit_parse: `N`, `infinity` or `SOFT:HARD`; no suffixes for a count of files. */
export function parseRlimit(text: string): LimitPair | 'not-a-number' | 'soft-above-hard' {
  const parts = text.split(':');
  const [soft, hard = soft] = parts.map(parseCount);
  if (parts.length > 2 || soft == null || hard == null) return 'not-a-number';
  return compareQuantity(soft, hard) > 0 ? 'soft-above-hard' : { soft, hard };
}

/** safe_atou64 with base by prefix: 0x, 0o, 0b, or a leading zero for octal. */
function parseCount(text: string): Quantity | null {
  if (text === 'infinity') return 'unlimited';
  const digits = text.replace(/^[ \t\n\r]+/, '').replace(/^\+/, '');
  if (!/^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/.test(digits)) return null;
  const n = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return n >= (1n << 64n) - 1n ? null : n;
}
