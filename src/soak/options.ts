/** The soak's options: defaults and bounds. Anything outside is an InputError before the machine is touched. */
import { InputError } from '../model/error.ts';
import type { SoakOptions } from '../model/soak.ts';
import { WORKLOADS } from '../model/soak-workload.ts';
import { familyOf, parseAddress } from './sockaddr.ts';

/** More than any machine holds, and far below where descriptors or JSON numbers end. */
export const MAX_GOAL = 100_000_000;
const MAX_WINDOW = 4096;
const MAX_MESSAGE = 2 ** 20;
const DAY_MS = 86_400_000;

/** What a caller gives; all but the goal has a default. */
export type SoakRequest = { readonly goal: number } & {
  readonly [K in Exclude<keyof SoakOptions, 'goal' | 'family'>]?: SoakOptions[K] | undefined;
} & { readonly family?: 4 | 6 | undefined };

export function soakOptions(request: SoakRequest): SoakOptions {
  const namespace = request.namespace ?? false;
  const address = request.address ?? (request.family === 6 ? '::1' : '127.0.0.1');
  const parsed = parseAddress(address);
  if (parsed === null) throw new InputError(`not a numeric IP address: ${address}`, '--address');
  const family = familyOf(parsed);
  if (request.family !== undefined && request.family !== family) {
    throw new InputError(`${address} is not an IPv${request.family} address`, '--address');
  }
  return {
    goal: whole(request.goal, '--connections', 1, MAX_GOAL),
    mode: request.mode ?? 'strict',
    namespace,
    family,
    address,
    port: whole(request.port ?? 0, '--port', 0, 65535),
    maxSources: request.maxSources == null ? null : whole(request.maxSources, '--sources', 1, MAX_GOAL),
    holdMs: whole(request.holdMs ?? 0, '--hold', 0, 366 * DAY_MS),
    sweepEveryMs: whole(request.sweepEveryMs ?? 60_000, '--sweep-every', 100, 366 * DAY_MS),
    workload: known(request.workload ?? 'idle'),
    messageBytes: whole(request.messageBytes ?? 4096, '--message-bytes', 1, MAX_MESSAGE),
    connectTimeoutMs: whole(request.connectTimeoutMs ?? 10_000, '--connect-timeout', 1, DAY_MS),
    echoTimeoutMs: whole(request.echoTimeoutMs ?? 10_000, '--echo-timeout', 1, DAY_MS),
    stallMs: whole(request.stallMs ?? 30_000, '--stall-timeout', 100, DAY_MS),
    parallel: request.parallel == null ? null : whole(request.parallel, '--parallel', 1, 1024),
    window: whole(request.window ?? 256, '--window', 1, MAX_WINDOW),
    backlog: whole(request.backlog ?? 65_535, '--backlog', 1, 2 ** 31 - 1),
    seed: Math.trunc(Math.abs(request.seed ?? 0)) % 2 ** 31,
    force: request.force ?? false,
  };
}

function known(name: SoakOptions['workload']): SoakOptions['workload'] {
  if (WORKLOADS.includes(name)) return name;
  throw new InputError(`must be one of ${WORKLOADS.join(', ')}, not "${name}"`, '--workload');
}

function whole(value: number, name: string, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InputError(`must be a whole number from ${least} to ${most}, not ${value}`, name);
  }
  return value;
}
