/** Builds plan inputs from literals: a profile, the facts of a host, what its next boot would give. */
import { readFileSync } from 'node:fs';
import { diff } from '../../src/diff/index.ts';
import type { Plan, Refusal } from '../../src/model/plan.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Tunable } from '../../src/model/tunable.ts';
import {
  type BootOutcome,
  type BootView,
  DEFAULT_OPTIONS,
  makePlan,
  type PlanInput,
  type PlanOptions,
} from '../../src/plan/index.ts';
import { buildProfile } from '../../src/profile/build.ts';
import { parseProfile } from '../../src/profile/document.ts';
import { TUNABLES } from '../../src/tunables/index.ts';
import { type SnapshotParts, snapshotOf } from '../support/snapshot.ts';

export const CATALOGUE: ReadonlyMap<string, Tunable> = new Map(TUNABLES.map((t) => [t.key, t]));

export function profileFrom(text: string): Profile {
  const none = (name: string): never => {
    throw new Error(`no parent ${name}`);
  };
  return buildProfile(parseProfile(text, 'test.yaml'), none, TUNABLES);
}

export const c1m = (): Profile => profileFrom(readFileSync('profiles/c1m.yaml', 'utf8'));

/** `key: relation` lines become a profile; every setting is recommended unless it ends with ` !`. */
export function profileWith(settings: Readonly<Record<string, string>>, goal = 1000): Profile {
  const lines = Object.entries(settings).map(([key, want]) => {
    const required = want.endsWith(' !');
    const relation = want.replace(/ !$/, '');
    return [
      `  ${key}:`,
      ...relation.split('; ').map((part) => `    ${part}`),
      `    level: ${required ? 'required' : 'recommended'}`,
      `    why: Because this test wants ${key} to be something, which it says at some length here.`,
      '    source: a test of the planner',
    ].join('\n');
  });
  return profileFrom(
    [
      'name: sample',
      'title: A profile for a test of the planner',
      'description: It wants a few things, so that the planner has something to do.',
      `goal: ${goal}`,
      'settings:',
      ...lines,
      '',
    ].join('\n'),
  );
}

export interface BootParts {
  readonly outcomes?: Readonly<Record<string, Partial<BootOutcome>>>;
  readonly nrOpen?: bigint | null;
  readonly units?: readonly string[];
}

export function bootOf(parts: BootParts = {}): BootView {
  const nothing: BootOutcome = { value: null, winner: null, later: [] };
  return {
    outcome: (key) => {
      const outcome = parts.outcomes?.[key];
      return outcome === undefined ? null : { ...nothing, ...outcome };
    },
    nrOpen: parts.nrOpen ?? null,
    unitExists: (unit) => parts.units?.includes(unit) ?? null,
  };
}

export interface InputParts extends SnapshotParts {
  readonly profile: Profile;
  readonly boot?: BootParts;
  readonly existing?: Readonly<Record<string, string>>;
  readonly options?: Partial<PlanOptions>;
  readonly ignored?: readonly string[];
}

export function inputOf(parts: InputParts): PlanInput {
  const snapshot = snapshotOf(parts);
  const { profile } = parts;
  return {
    snapshot,
    profile,
    goal: profile.goal,
    settings: diff(snapshot, profile, {
      goal: profile.goal,
      tunables: CATALOGUE,
      predict: () => null,
      ignored: new Set(parts.ignored),
    }),
    tunables: CATALOGUE,
    boot: bootOf(parts.boot),
    existing: new Map(Object.entries(parts.existing ?? {})),
    options: { ...DEFAULT_OPTIONS, ...parts.options },
  };
}

export function planOf(parts: InputParts): Plan {
  const result = makePlan(inputOf(parts));
  if (result.kind === 'refused') throw new Error(result.refusals.map(({ what }) => what).join('\n'));
  return result.plan;
}

export function refusalsOf(parts: InputParts): readonly Refusal[] {
  const result = makePlan(inputOf(parts));
  if (result.kind === 'plan') throw new Error('a plan was made');
  return result.refusals;
}

/** What a stock Debian 13 host with 32 GiB holds of the keys that c1m speaks about. */
export const STOCK: Readonly<Record<string, string>> = {
  'fs.file-max': '9223372036854775807',
  'fs.nr_open': '1048576',
  'limit.nofile.hard': '524288',
  'limit.nofile.soft': '1024',
  'fs.epoll.max_user_watches': '7000000',
  'net.core.somaxconn': '4096',
  'net.ipv4.tcp_syncookies': '1',
  'net.ipv4.tcp_max_syn_backlog': '4096',
  'net.ipv4.tcp_abort_on_overflow': '0',
  'net.ipv4.tcp_mem': '383865 511820 767730',
  'net.ipv4.tcp_rmem': '4096 131072 6291456',
  'net.ipv4.tcp_wmem': '4096 16384 4194304',
  'net.ipv4.tcp_moderate_rcvbuf': '1',
  'vm.overcommit_memory': '0',
  'net.ipv4.tcp_keepalive_time': '7200',
  'net.ipv4.tcp_keepalive_intvl': '75',
  'net.ipv4.tcp_keepalive_probes': '9',
  'net.ipv4.tcp_timestamps': '1',
  'net.ipv4.tcp_max_tw_buckets': '131072',
  'net.ipv4.ip_local_port_range': '32768 60999',
  'net.ipv4.ip_local_reserved_ports': '',
  'net.netfilter.nf_conntrack_max': '262144',
  'net.netfilter.nf_conntrack_buckets': '262144',
};
