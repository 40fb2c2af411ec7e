/** `npm run proofs`: which runs are asked for, one after the other, each kept at once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listShipped } from '../../src/cli/profiles.ts';
import { whyNoMachine } from '../../test/vm/images.ts';
import { proveHere } from './here.ts';
import { addProof, writePages } from './kept.ts';
import { availableBytes } from './memory-group.ts';
import { guestMiB, trialMiB } from './needs.ts';
import { openPackage, type Package } from './package.ts';
import type { Run } from './place.ts';
import { type Planned, plannedRuns } from './runs.ts';
import { proveInVm } from './vm.ts';

/** Whole reports, for looking into a run; git ignores the folder. */
const REPORTS = join('.cache', 'proofs');

/** 0: all passed. 1: one did not. 2: could not run. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        profile: { type: 'string', multiple: true },
        where: { type: 'string', multiple: true },
        connections: { type: 'string' },
        package: { type: 'string' },
        note: { type: 'string' },
        render: { type: 'boolean', default: false },
      },
    });
    if (values.render) {
      writePages();
      return 0;
    }
    const runs = plannedRuns(await listShipped(), {
      profiles: values.profile ?? [],
      places: values.where ?? [],
      connections: values.connections ?? null,
    });
    const tune = openPackage(values.package);
    try {
      let isWhole = true;
      for (const run of runs) isWhole = (await prove(run, tune, values.note ?? null)) && isWhole;
      return isWhole ? 0 : 1;
    } finally {
      tune.dispose();
    }
  } catch (error) {
    process.stderr.write(`proofs: ${(error as Error).message}\n`);
    return 2;
  }
}

/** True when it passed, or was only to be had with more memory than there is. */
async function prove(planned: Planned, tune: Package, note: string | null) {
  const { profile, place, connections, isExtra } = planned;
  const name = `${profile.name}-${place}-${connections}`;
  const run: Run = {
    say: (text) => process.stderr.write(`proofs: ${name}: ${text}\n`),
    keep: (report) => {
      mkdirSync(REPORTS, { recursive: true });
      writeFileSync(join(REPORTS, `${name}.json`), report);
    },
  };
  const obstacle = whyNot(planned);
  if (obstacle !== null && isExtra) {
    run.say(`left out: ${obstacle}`);
    return true;
  }
  if (obstacle !== null) throw new Error(`${name}: ${obstacle}`);
  const date = new Date().toISOString();
  const prover = place === 'vm' ? proveInVm : proveHere;
  const finished = await prover(profile, connections, tune, run);
  addProof({
    ...{ profile: profile.name, goal: Number(profile.goal), place, connections },
    ...finished,
    ...{ date, version: tune.version, note, earlier: [] },
  });
  const { verdict, soak } = finished;
  run.say(`${verdict.state}, ${soak?.held ?? 0} held${verdict.why === null ? '' : `: ${verdict.why}`}`);
  return verdict.state === 'passed';
}

/** Of memory alone, and here only of what nobody named: the soak has a guard of its own, and a floor. */
function whyNot({ profile, place, connections, isExtra }: Planned): string | null {
  const { workload, goal } = profile;
  if (place === 'vm') return whyNoMachine(guestMiB(workload, connections, Number(goal)));
  const needed = trialMiB(workload, connections);
  const available = Math.floor(availableBytes() / 2 ** 20);
  if (!isExtra || needed <= available) return null;
  return `it needs about ${needed} MiB, and ${available} MiB are available`;
}
