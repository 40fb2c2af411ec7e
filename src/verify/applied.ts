/** What the applies that stand have left on the host: the newest content of every file, the newest value of every key. */
import { keyOfPath } from '../boot/key-space.ts';
import { readLine, splitLines } from '../boot/sysctl-line.ts';
import type { FileRecord, Journal } from '../model/change.ts';
import type { AppliedSummary } from '../model/verify.ts';

export interface AppliedState {
  readonly summary: AppliedSummary;
  readonly profileDigest: string;
  /** The boot in which the last apply ran; null when it was not recorded. */
  readonly bootId: string | null;
  /** Files that tune keeps, by path; removed ones are not among them. */
  readonly files: ReadonlyMap<string, string>;
  /** Kernel keys: the text written, and the file of ours that carries it (null for a live write alone). */
  readonly keys: ReadonlyMap<string, AppliedKey>;
  /** Limits as our files give them: `limit.nofile.hard`, `systemd.DefaultLimitNOFILE`, `systemd.LimitNOFILE UNIT`. */
  readonly limits: ReadonlyMap<string, string>;
  /** Services that were given a limit of their own. */
  readonly units: readonly string[];
}

export interface AppliedKey {
  readonly text: string;
  readonly file: string | null;
}

const SYSCTL = /^\/etc\/sysctl\.d\//;
const LIMITS = /^\/etc\/security\/limits\.d\//;
const MANAGER = /^\/etc\/systemd\/system\.conf\.d\//;
const UNIT = /^\/etc\/systemd\/system\/([^/]+\.service)\.d\//;

/** Null when no apply stands. `journals` oldest first, all of them. */
export function appliedState(journals: readonly Journal[]): AppliedState | null {
  const standing = journals.filter(({ state }) => state === 'applied');
  const last = standing.at(-1);
  if (last === undefined) return null;
  const files = new Map<string, string>();
  const knobs = new Map<string, string>();
  for (const journal of standing) {
    for (const file of journal.files) putOrRemove(files, file);
    for (const { key, after, held } of journal.knobs) knobs.set(key, held ?? after);
  }
  const lines = new Map([...files].flatMap(([path, text]) => (SYSCTL.test(path) ? sysctls(path, text) : [])));
  const keys = new Map<string, AppliedKey>([...knobs].map(([key, text]) => [key, { text, file: null }]));
  // What the kernel made of the live write stays the text to compare with; the file says where it is kept.
  for (const [key, { text, file }] of lines) keys.set(key, { text: knobs.get(key) ?? text, file });
  const { confirm, profile } = last;
  return {
    summary: {
      ids: standing.map(({ id }) => id),
      at: last.finishedAt ?? last.startedAt,
      profile: profile.name,
      goal: profile.goal,
      unconfirmedUntil: confirm === null || confirm.confirmed ? null : confirm.deadline,
    },
    profileDigest: profile.digest,
    bootId: last.bootId,
    files,
    keys,
    limits: new Map([...files].flatMap(([path, text]) => limitsOf(path, text))),
    units: [...files.keys()].flatMap((path) => UNIT.exec(path)?.[1] ?? []),
  };
}

function putOrRemove(files: Map<string, string>, { path, after }: FileRecord): void {
  if (after === null) files.delete(path);
  else files.set(path, Buffer.from(after.bytes, 'base64').toString('utf8'));
}

function sysctls(path: string, text: string): readonly (readonly [string, AppliedKey])[] {
  return splitLines('systemd', text).lines.flatMap((line) => {
    const meaning = readLine('systemd', line);
    return meaning.kind === 'assignment'
      ? [[keyOfPath(meaning.path), { text: meaning.value, file: path }] as const]
      : [];
  });
}

/** Our own fragments only, so their syntax is the one that tune writes. */
function limitsOf(path: string, text: string): readonly (readonly [string, string])[] {
  const lines = text.split('\n');
  if (LIMITS.test(path)) {
    return lines.flatMap((line) => {
      const [, type, value] = /^\* (soft|hard) nofile (\S+)$/.exec(line) ?? [];
      return type === undefined || value === undefined ? [] : [[`limit.nofile.${type}`, value] as const];
    });
  }
  const unit = UNIT.exec(path)?.[1];
  if (unit === undefined && !MANAGER.test(path)) return [];
  return lines.flatMap((line) => {
    const [, name, value] = /^((?:Default)?LimitNOFILE)=(?:\d+:)?(\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    return [[unit === undefined ? `systemd.${name}` : `systemd.${name} ${unit}`, value] as const];
  });
}
