/** Is every kernel setting live that was applied or that the profile wants, and will the next boot keep it? Pure. */
import type { BootPrediction, SettingFinding } from '../model/finding.ts';
import { formatRelation, satisfies } from '../model/relation.ts';
import type { Tunable } from '../model/tunable.ts';
import { equalValues, formatValue, parseValue, type Value } from '../model/value.ts';
import type { FileCheck, SettingCheck, SettingState } from '../model/verify.ts';
import type { AppliedState } from './applied.ts';
import { culpritOf } from './culprit.ts';

export interface SettingsInput {
  /** The profile's verdicts; empty when the profile is not to be had, or was another one when it was applied. */
  readonly findings: readonly SettingFinding[];
  readonly applied: AppliedState | null;
  readonly files: readonly FileCheck[];
  readonly tunables: ReadonlyMap<string, Tunable>;
  /** The live value; null when it cannot be read. */
  readonly live: (key: string) => Value | null;
  readonly predict: (key: string) => BootPrediction | null;
}

export function checkSettings(input: SettingsInput): readonly SettingCheck[] {
  const judged = input.findings.filter(({ setting }) => isKernelKey(setting.key));
  const known = new Set(judged.map(({ setting }) => setting.key));
  const others = [...(input.applied?.keys.keys() ?? [])].filter((key) => !known.has(key));
  return [
    ...judged.map((finding) => byRelation(finding, input)),
    ...others.map((key) => byValue(key, input)),
  ].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Limits are looked at in real sessions, not in whatever shell tune was started from. */
function isKernelKey(key: string): boolean {
  return !key.startsWith('limit.') && !key.startsWith('systemd.');
}

const STATES: Readonly<Record<SettingFinding['verdict'], SettingState>> = {
  met: 'held',
  unmet: 'lost',
  'lost-at-reboot': 'will-be-lost',
  pending: 'lost',
  // Whether it is live is looked at apart.
  shadowed: 'lost',
  absent: 'lost',
  denied: 'unreadable',
  unparsable: 'unreadable',
  'not-applicable': 'not-applicable',
  ignored: 'not-applicable',
};

function byRelation(finding: SettingFinding, input: SettingsInput): SettingCheck {
  const { setting, verdict, wanted, live, boot } = finding;
  const isLive = live !== null && wanted !== null && satisfies(wanted, live);
  const entry = input.applied?.keys.get(setting.key);
  // A wanted number that depends on the machine may have moved by a page since; what was applied is what must be there.
  const isAsApplied = entry !== undefined && isText(entry.text, live, setting.key, input);
  const staysSo = boot === null || boot.value === null || isText(entry?.text, boot.value, setting.key, input);
  const verdictNow = verdict === 'shadowed' && isLive ? 'will-be-lost' : STATES[verdict];
  const judged = isAsApplied && staysSo ? 'held' : verdictNow;
  const state = wasLeftAlone(finding, input.applied) && judged === 'lost' ? 'not-applied' : judged;
  const bootIsFine = boot !== null && boot.value !== null && wanted !== null && satisfies(wanted, boot.value);
  return {
    key: setting.key,
    applied: entry?.text ?? null,
    wanted: wanted === null ? null : formatRelation(wanted),
    live: live === null ? null : formatValue(live),
    state,
    culprit: culprit(setting.key, state, live, boot, bootIsFine, input),
    detail: finding.detail ?? finding.absent,
  };
}

function isText(
  text: string | undefined,
  value: Value | null,
  key: string,
  { tunables }: SettingsInput,
): boolean {
  const shape = tunables.get(key)?.shape;
  const written = text === undefined || shape === undefined ? null : parseValue(shape, text);
  return written !== null && value !== null && equalValues(written, value);
}

/** Apply refuses what it cannot do of what is required, and leaves alone what is only recommended. */
function wasLeftAlone({ setting }: SettingFinding, applied: AppliedState | null): boolean {
  return applied !== null && setting.level === 'recommended' && !applied.keys.has(setting.key);
}

/** Without a relation only the very value that was written is as wanted. */
function byValue(key: string, input: SettingsInput): SettingCheck {
  const text = input.applied?.keys.get(key)?.text ?? '';
  const shape = input.tunables.get(key)?.shape;
  const wanted = shape === undefined ? null : parseValue(shape, text);
  const live = input.live(key);
  const boot = input.predict(key);
  const same = (value: Value | null | undefined) =>
    wanted !== null && value != null && equalValues(value, wanted);
  const bootIsFine = same(boot?.value);
  const kept = boot === null || boot.value === null || bootIsFine;
  const state: SettingState =
    live === null || wanted === null ? 'unreadable' : !same(live) ? 'lost' : kept ? 'held' : 'will-be-lost';
  return {
    ...{ key, applied: text, wanted: null, live: live === null ? null : formatValue(live), state },
    ...{ culprit: culprit(key, state, live, boot, bootIsFine, input), detail: null },
  };
}

function culprit(
  key: string,
  state: SettingState,
  live: Value | null,
  boot: BootPrediction | null,
  bootIsFine: boolean,
  { applied, files }: SettingsInput,
): SettingCheck['culprit'] {
  if (state !== 'lost' && state !== 'will-be-lost') return null;
  const entry = applied?.keys.get(key);
  const ours = files.find(({ path }) => path === entry?.file) ?? null;
  // What the next boot takes is explained by what the next boot does, not by what is live now.
  const seen = state === 'will-be-lost' ? null : live;
  return culpritOf({ live: seen, boot, ours, everApplied: entry !== undefined, bootIsFine });
}
