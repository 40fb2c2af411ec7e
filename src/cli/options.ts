/** Flags → typed options, by zod. yargs only splits the words; every check is here or, by kind of value, in values.ts. */
import * as z from 'zod/mini';
import { InputError } from '../model/error.ts';
import { WORKLOADS } from '../model/soak-workload.ts';
import { hint } from '../profile/suggest.ts';
import { assignments, count, duration, flag, list, once, percent } from './values.ts';

const MAX_PID = 4194304;
const MAX_MESSAGE = 1_048_576n;
/** The same ceiling as a profile's goal. */
const MAX_GOAL = 1_000_000_000n;

const shared = {
  format: z._default(z.enum(['human', 'json'], 'must be human or json'), 'human'),
  debug: flag,
};

const target = {
  host: once('host'),
  sysctl: once('sysctl'),
  pid: count('pid', BigInt(MAX_PID)),
  service: once('service'),
  root: once('root'),
};

export const auditFlags = z.object({
  ...shared,
  ...target,
  profile: once('profile'),
  goal: count('goal', MAX_GOAL),
  only: list,
  ignore: list,
  all: flag,
});
export const captureFlags = z.object({
  ...shared,
  pid: target.pid,
  service: target.service,
  'with-host-name': flag,
});
export const bootFlags = z.object({
  ...shared,
  ...target,
  limits: flag,
  all: flag,
});
export const explainFlags = z.object({
  ...shared,
  ...target,
  profile: once('profile'),
  goal: count('goal', MAX_GOAL),
  key: z.string(),
});

/** A program that keeps more than 1 GiB per connection is not what this is for. */
const MAX_IDLE_BYTES = 1n << 30n;

export const wallsFlags = z.object({
  ...shared,
  ...target,
  goal: count('goal', MAX_GOAL),
  'idle-bytes': count('idle-bytes', MAX_IDLE_BYTES, 0n),
  busy: percent('busy'),
  side: z._default(z.enum(['server', 'client', 'both'], 'must be server, client or both'), 'server'),
  loopback: flag,
});
const DAY_SECONDS = 86_400n;

export const soakFlags = z.object({
  ...shared,
  connections: z.pipe(
    count('connections', MAX_GOAL),
    z.transform((value) => value ?? 0n),
  ),
  hold: count('hold', 366n * DAY_SECONDS),
  'sweep-every': count('sweep-every', DAY_SECONDS),
  workload: z.optional(z.enum(WORKLOADS, `must be one of ${WORKLOADS.join(', ')}`)),
  'message-bytes': count('message-bytes', MAX_MESSAGE),
  strict: flag,
  spread: flag,
  namespace: flag,
  ipv6: flag,
  address: once('address'),
  port: count('port', 65_535n),
  force: flag,
  output: once('output'),
});
const planning = {
  ...shared,
  profile: once('profile'),
  goal: count('goal', MAX_GOAL),
  root: once('root'),
  service: once('service'),
  pin: flag,
  'allow-lowering': flag,
  outrank: flag,
};

export const planFlags = z.object(planning);
export type PlanFlags = z.infer<typeof planFlags>;
export const applyFlags = z.object({
  ...planning,
  plan: once('plan'),
  emit: once('emit'),
  yes: flag,
  'confirm-within': duration('confirm-within'),
});
export type ApplyFlags = z.infer<typeof applyFlags>;
export const rollbackFlags = z.object({
  ...shared,
  to: once('to'),
  force: flag,
  root: once('root'),
  'if-unconfirmed': once('if-unconfirmed'),
});
export const confirmFlags = z.object(shared);
export const historyFlags = z.object({ ...shared, root: once('root') });
export const verifyFlags = z.object({
  ...shared,
  profile: once('profile'),
  goal: count('goal', MAX_GOAL),
  connections: count('connections', MAX_GOAL),
  service: once('service'),
  hold: count('hold', 366n * DAY_SECONDS),
  quick: flag,
  'each-profile': flag,
  spread: flag,
  namespace: flag,
  force: flag,
});
export type VerifyFlags = z.infer<typeof verifyFlags>;
export const trialFlags = z.object({
  ...shared,
  profile: once('profile'),
  goal: count('goal', MAX_GOAL),
  connections: count('connections', MAX_GOAL),
  without: list,
  set: assignments('set'),
  compare: list,
  workload: z.optional(z.enum(WORKLOADS, `must be one of ${WORKLOADS.join(', ')}`)),
  hold: count('hold', 366n * DAY_SECONDS),
  strict: flag,
  ipv6: flag,
  force: flag,
  output: once('output'),
});
export type TrialFlags = z.infer<typeof trialFlags>;
export const reportFlags = z.object({
  ...shared,
  list: flag,
  id: z.pipe(
    z.optional(z.string().check(z.regex(/^\d{1,9}$/, 'a report is named by its number, such as 0001'))),
    z.transform((id) => id?.padStart(4, '0')),
  ),
});
export const profilesFlags = z.object({
  ...shared,
  ...target,
  goal: count('goal', MAX_GOAL),
  name: z.optional(z.string()),
});

/** @throws InputError naming the flag. */
export function parseFlags<T extends z.ZodMiniType>(schema: T, raw: unknown): z.output<T> {
  const checked = schema.safeParse(raw);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const flag = issue?.path[0];
  throw new InputError(issue?.message ?? 'not valid', flag === undefined ? null : `--${String(flag)}`);
}

/** @throws InputError for the first word that is not known, with the nearest one that is. */
export function checkKnown(
  flag: string,
  words: readonly string[],
  known: readonly string[],
  what: string,
): void {
  const stray = words.find((w) => !known.includes(w));
  if (stray !== undefined) throw new InputError(`${what} "${stray}" is not known${hint(stray, known)}`, flag);
}
