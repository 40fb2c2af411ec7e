/** Runs kept cases first, then random ones; a failure is shrunk, kept as a case and reported with its seed. */
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

const CASES = path.join(import.meta.dirname, '..', 'cases');

export function treesWanted(byDefault: number): number {
  return Number(process.env.TREES ?? byDefault);
}

interface Campaign<Spec> {
  /** Prefix of its case files. */
  readonly name: string;
  readonly arbitrary: fc.Arbitrary<Spec>;
  readonly runs: number;
  readonly disagreements: (spec: Spec) => Promise<readonly string[]>;
}

/** Throws on the first disagreement. Returns how many trees were compared. */
export async function runCampaign<Spec>({
  name,
  arbitrary,
  runs,
  disagreements,
}: Campaign<Spec>): Promise<number> {
  let compared = 0;
  const kept = fs.readdirSync(CASES).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.json'));
  for (const file of kept.sort()) {
    const { spec } = JSON.parse(fs.readFileSync(path.join(CASES, file), 'utf8')) as { spec: Spec };
    const found = await disagreements(spec);
    if (found.length > 0) throw new Error(`kept case ${file}:\n${found.join('\n')}`);
    compared++;
  }
  const seed = process.env.SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.SEED);
  process.stderr.write(`${name}: ${kept.length} kept cases agree; ${runs} random trees, seed ${seed}\n`);
  const property = fc.asyncProperty(arbitrary, async (spec) => {
    const found = await disagreements(spec);
    compared++;
    if (found.length > 0) throw new Error(found.join('\n'));
  });
  const details = await fc.check(property, { numRuns: runs, seed, endOnFailure: false });
  if (!details.failed) return compared;
  const [spec] = details.counterexample ?? [];
  const file = `${name}-${seed}.json`;
  const why =
    details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance);
  fs.writeFileSync(path.join(CASES, file), `${JSON.stringify({ why, spec }, null, 2)}\n`);
  throw new Error(`after ${details.numRuns} trees, seed ${seed}, kept as cases/${file}:\n${why}`);
}
