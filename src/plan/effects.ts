/** What a plan cannot make felt by itself: sockets that keep what they got, services that must start again. */
import type { EffectNote, LiveWrite } from '../model/plan.ts';
import type { PlanInput } from './input.ts';
import { unitName } from './names.ts';
import type { LineNeed } from './needs.ts';

export function effectsOf(
  writes: readonly LiveWrite[],
  lines: readonly LineNeed[],
  { tunables, snapshot, options }: PlanInput,
): readonly EffectNote[] {
  const keys = new Set([
    ...writes.map(({ key }) => key),
    ...lines.filter(({ key }) => /^(limit|systemd)\./.test(key)).map(({ key }) => key),
  ]);
  return [...keys].flatMap((key) => {
    const effect = tunables.get(key)?.effect ?? 'now';
    if (effect === 'now' || effect === 'never') return [];
    return [{ key, effect, subjects: subjectsOf(key, effect, options.service, snapshot.machine.listeners) }];
  });
}

function subjectsOf(
  key: string,
  effect: EffectNote['effect'],
  service: string | null,
  listeners: PlanInput['snapshot']['machine']['listeners'],
): readonly string[] {
  if (key === 'systemd.LimitNOFILE' && service !== null) return [unitName(service)];
  if (effect !== 're-listen') return [];
  return listeners
    .filter(({ protocol }) => protocol.startsWith('tcp'))
    .map(({ address, port }) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`));
}
