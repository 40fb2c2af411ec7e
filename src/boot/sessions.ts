/** Which nofile each kind of session gets, soft and hard, and the line that decides. */
import type { ConfigLine } from '../model/snapshot.ts';
import type { Complaint } from './complaint.ts';
import { pamLimits } from './pam-limits.ts';
import { pamService } from './pam-stack.ts';
import type { LimitPair, Limits, PamVariant, SessionUser } from './pam-types.ts';
import { serviceLimit, systemDefault, userDefault, withinNrOpen } from './systemd-limits.ts';
import type { FileTree } from './tree.ts';

export type SessionKind = 'login user' | 'root login' | 'cron' | 'systemd service' | 'user service';

export interface SessionRow {
  readonly session: SessionKind;
  readonly soft: LimitPair['soft'];
  readonly hard: LimitPair['hard'];
  /** The deciding lines; null where something built in decides. */
  readonly softAt: ConfigLine | null;
  readonly hardAt: ConfigLine | null;
  /** What decides where no line does. */
  readonly otherwise: 'systemd default' | 'process 1' | 'the opening program' | 'the user manager';
  /** The PAM service that opens it; null where PAM has no part. */
  readonly pamService: string | null;
  /** Does that service call pam_limits? */
  readonly pamLimits: boolean;
  /** Why the session is refused; null when it opens. */
  readonly refused: string | null;
  readonly complaints: readonly Complaint[];
}

export interface SessionsInput {
  readonly tree: FileTree;
  /** fs.nr_open as it will be when the sessions open. */
  readonly nrOpen: bigint;
  readonly variant: PamVariant;
  /** Is process 1 systemd? If not, `init` is what everything inherits. */
  readonly systemd: boolean;
  /** nofile of process 1 (systemd raises its own to fs.nr_open). */
  readonly init: LimitPair;
  /** The user of the rows `login user` and `user service`. */
  readonly user: SessionUser;
  /** The unit of the row `systemd service`; null for one that says nothing of its own. */
  readonly service?: string | null;
}

const ROOT: SessionUser = { name: 'root', uid: 0, gid: 0, groups: [{ name: 'root', gid: 0 }] };

/** PAM services that open logins, and the units that run them; the first that is there stands for all. */
const LOGINS = [
  { service: 'sshd', unit: 'ssh.service' },
  { service: 'sshd', unit: 'sshd.service' },
  { service: 'login', unit: 'getty@tty1.service' },
] as const;

export function sessionTable(input: SessionsInput): readonly SessionRow[] {
  const { tree, user } = input;
  const login = LOGINS.find(({ service }) => pamService(tree, service).at !== null) ?? LOGINS[2];
  const rows = [
    throughPam('login user', input, user, login.service, openerOf(input, login.unit)),
    throughPam('root login', input, ROOT, login.service, openerOf(input, login.unit)),
    throughPam('cron', input, ROOT, 'cron', openerOf(input, 'cron.service')),
  ];
  if (!input.systemd) return rows;
  const unit = input.service ?? 'tune-example.service';
  return [...rows, service(input, unit), userService(input, user)];
}

interface Opener extends LimitPair {
  readonly at: ConfigLine | null;
  readonly complaints: readonly Complaint[];
}

/** The limits of the program that opens the session: a service of the system manager, or a child of init. */
function openerOf(input: SessionsInput, unit: string): Opener {
  if (!input.systemd) return { ...input.init, at: null, complaints: [] };
  const limit = serviceLimit(input.tree, unit, systemDefault(input.tree, input.nrOpen));
  return { ...withinNrOpen(limit, input.nrOpen), at: limit.at, complaints: limit.complaints };
}

function throughPam(
  session: SessionKind,
  input: SessionsInput,
  user: SessionUser,
  name: string,
  opener: Opener,
): SessionRow {
  const { tree, nrOpen } = input;
  const stack = pamService(tree, name);
  const otherwise = input.systemd ? 'the opening program' : 'process 1';
  const plain = { session, pamService: name, pamLimits: stack.at !== null };
  if (stack.at === null) {
    const { soft, hard, at, complaints } = opener;
    return { ...plain, soft, hard, softAt: at, hardAt: at, otherwise, refused: null, complaints };
  }
  const variant = stack.args.includes('set_all') ? { ...input.variant, setAll: true } : input.variant;
  const inherited: Limits = { nofile: opener };
  const context = { nrOpen, privileged: true, inherited, init: { nofile: input.init } };
  const result = pamLimits(withConf(tree, stack.args), user, context, variant);
  const got = result.limits.nofile ?? { ...opener, softAt: null, hardAt: null };
  const reset = variant.setAll && result.stoppedAt === null;
  return {
    ...plain,
    soft: got.soft,
    hard: got.hard,
    softAt: got.softAt ?? (reset ? null : opener.at),
    hardAt: got.hardAt ?? (reset ? null : opener.at),
    otherwise: reset ? 'process 1' : otherwise,
    refused: /^(optional|sufficient)$/.test(stack.control ?? '') ? null : (result.refused?.reason ?? null),
    complaints: [...opener.complaints, ...result.complaints],
  };
}

/** `conf=FILE` replaces limits.conf and switches limits.d off. */
function withConf(tree: FileTree, args: readonly string[]): FileTree {
  const conf = args.find((arg) => arg.startsWith('conf='))?.slice('conf='.length);
  if (conf === undefined) return tree;
  const entry = tree.files[conf];
  const files = entry === undefined ? {} : { '/etc/security/limits.conf': entry };
  return { directories: [], files };
}

function service(input: SessionsInput, unit: string): SessionRow {
  const limit = serviceLimit(input.tree, unit, systemDefault(input.tree, input.nrOpen));
  const { soft, hard } = withinNrOpen(limit, input.nrOpen);
  return {
    ...{ session: 'systemd service', soft, hard, softAt: limit.at, hardAt: limit.at, refused: null },
    ...{ otherwise: 'systemd default', pamService: null, pamLimits: false, complaints: limit.complaints },
  };
}

/** user@UID.service goes through PAM (systemd-user), and the manager it becomes hands on its own hard limit. */
function userService(input: SessionsInput, user: SessionUser): SessionRow {
  const manager = throughPam(
    'user service',
    input,
    user,
    'systemd-user',
    openerOf(input, `user@${user.uid}.service`),
  );
  const limit = userDefault(input.tree, manager);
  // The user manager may lower but not raise its hard limit: setrlimit_closest takes what there is.
  const { soft, hard } = closest(limit, manager);
  return {
    ...manager,
    soft,
    hard,
    softAt: limit.at,
    hardAt: limit.at ?? manager.hardAt,
    otherwise: 'the user manager',
    complaints: [...manager.complaints, ...limit.complaints],
  };
}

function closest(wanted: LimitPair, held: LimitPair): LimitPair {
  const within = (n: LimitPair['soft']) =>
    held.hard === 'unlimited' || (n !== 'unlimited' && n <= held.hard) ? n : held.hard;
  return { soft: within(wanted.soft), hard: within(wanted.hard) };
}
