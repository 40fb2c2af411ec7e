/** Does a small initial buffer make an idle connection cheaper? In a machine of its own: slab is counted for all of it. */

import { tuneInGuest } from '../tools/guest.mjs';
import { shown } from '../tools/host.mjs';
import { interleaved } from '../tools/statistics.mjs';
import { IDLE, keysOf } from '../tools/variants.mjs';

const CONNECTIONS = 50_000;
const ROUNDS = 3;

export const guestMemoryMiB = 4096;

const commandOf = (variant) =>
  shown([
    ...['tune', 'trial', '--profile', 'none'],
    ...Object.entries(keysOf(variant)).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ...['-n', String(CONNECTIONS)],
  ]);

export async function measure({ guest }) {
  const { machine, kernel, place } = await guest();
  const names = Object.keys(IDLE);
  const runs = await interleaved(names, ROUNDS, async (name) => {
    const { trials } = await tuneInGuest(machine, commandOf(IDLE[name]));
    const [{ soak, tried }] = trials;
    const { held, memory, verdict } = soak;
    if (verdict.state !== 'passed') throw new Error(`${name}: ${JSON.stringify(verdict)}`);
    return {
      held,
      kernelPerConnection: memory.kernelPerConnection,
      inForce: tried.map((t) => `${t.key} = ${t.held?.replaceAll('\t', ' ')}`),
    };
  });
  const variants = names.map((name) => ({
    name,
    ...IDLE[name],
    command: commandOf(IDLE[name]),
    runs: runs[name],
  }));
  return { place, kernel, connections: CONNECTIONS, variants };
}
