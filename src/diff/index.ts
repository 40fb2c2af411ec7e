/** Snapshot × profile → one finding per setting. Pure: the judgement and nothing else. */
import type { Fact } from '../model/fact.ts';
import type { BootPrediction, SettingFinding } from '../model/finding.ts';
import type { Condition, Profile, Setting } from '../model/profile.ts';
import { nearest, type Relation, satisfies } from '../model/relation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Tunable } from '../model/tunable.ts';
import { integer } from '../model/value.ts';
import { resolveSetting } from '../profile/resolve.ts';
import { withBoot } from './survival.ts';

export interface DiffOptions {
  readonly goal: bigint;
  readonly tunables: ReadonlyMap<string, Tunable>;
  /** What the next boot makes of a key; null where that is not modelled. */
  readonly predict: (key: string) => BootPrediction | null;
  /** Keys that the user asked to leave out: reported as ignored, never as met. */
  readonly ignored: ReadonlySet<string>;
}

export function diff(snapshot: Snapshot, profile: Profile, options: DiffOptions): readonly SettingFinding[] {
  return profile.settings.map((setting) => judge(setting, snapshot, options));
}

const NOTHING = {
  wanted: null,
  arithmetic: [],
  live: null,
  remedy: null,
  absent: null,
  boot: null,
  detail: null,
} as const;

function judge(setting: Setting, snapshot: Snapshot, options: DiffOptions): SettingFinding {
  if (options.ignored.has(setting.key)) return { setting, verdict: 'ignored', ...NOTHING };
  const excuse = setting.when === null ? null : notApplicable(setting.when, snapshot);
  if (excuse !== null) return { setting, verdict: 'not-applicable', ...NOTHING, detail: excuse };
  const tunable = options.tunables.get(setting.key);
  if (tunable === undefined) throw new Error(`profile holds ${setting.key}, which the catalogue lacks`);
  const { relation, arithmetic } = resolveSetting(setting, tunable, options.goal, snapshot.machine);
  const boot = options.predict(setting.key);
  const base = { setting, ...NOTHING, wanted: relation, arithmetic, boot };
  return { ...base, ...verdictOf(snapshot.facts.get(setting.key), snapshot, relation, boot) };
}

function verdictOf(
  fact: Fact | undefined,
  snapshot: Snapshot,
  wanted: Relation,
  boot: BootPrediction | null,
): Pick<SettingFinding, 'verdict'> & Partial<SettingFinding> {
  const reading = fact?.reading ?? ({ state: 'absent', reason: 'not-captured' } as const);
  switch (reading.state) {
    case 'absent':
      // A sandbox with a network stack of its own has no such key, and nothing to set: not a failure of the host.
      if (reading.reason === 'sandbox') {
        return {
          verdict: 'not-applicable',
          absent: reading.reason,
          detail: `${snapshot.machine.sandbox} has its own network stack`,
        };
      }
      return { verdict: 'absent', absent: reading.reason, remedy: nearest(wanted, null) };
    case 'denied':
      return { verdict: 'denied', detail: reading.errno };
    case 'unparsable':
      return { verdict: 'unparsable', detail: reading.text };
    case 'value': {
      const met = satisfies(wanted, reading.value);
      return {
        verdict: withBoot(met ? 'met' : 'unmet', wanted, boot),
        live: reading.value,
        remedy: met ? null : nearest(wanted, reading.value),
      };
    }
  }
}

/** Why a condition does not hold here, or null when it does. What cannot be known counts as holding: better a check too many. */
export function notApplicable(condition: Condition, { machine, facts }: Snapshot): string | null {
  switch (condition) {
    case 'conntrack-active':
      if (machine.conntrack === 'absent') return 'connection tracking is not loaded';
      return machine.conntrack === 'idle' ? 'connection tracking is loaded but no rule uses it' : null;
    case 'syncookies-off': {
      const cookies = facts.get('net.ipv4.tcp_syncookies')?.reading;
      const off =
        cookies?.state === 'value' && satisfies({ kind: 'exactly', value: integer(0) }, cookies.value);
      return cookies?.state === 'value' && !off ? 'SYN cookies are on, and then the kernel ignores it' : null;
    }
    case 'initial-namespace':
      return machine.initialNetns === 'no' ? 'this is a child network namespace: only the host has it' : null;
    case 'systemd':
      return machine.init === 'systemd' || machine.init === 'unknown'
        ? null
        : `process 1 is ${machine.init}, not systemd`;
  }
}
