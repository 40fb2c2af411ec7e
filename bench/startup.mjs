/**
 * How much an audit costs on top of Node itself: pairs of `tune audit` and `node -e 0`, one after the other, so that a
 * change of the machine's speed hits both. Prints medians and the median of the pairwise ratios. Goal: at most 2.0.
 * Usage: node bench/startup.mjs [pairs] [arguments of tune ...]
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tune = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'tune.cjs');
const pairs = Number(process.argv[2] ?? 21);
const argv = process.argv.length > 3 ? process.argv.slice(3) : ['audit', '--profile', 'c1m'];

function milliseconds(args) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0 && status !== 1) throw new Error(`exit ${status}: ${stderr}`);
  return elapsed;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

for (let i = 0; i < 2; i++) milliseconds([tune, ...argv]);
const runs = Array.from({ length: pairs }, () => ({
  tune: milliseconds([tune, ...argv]),
  node: milliseconds(['-e', '0']),
}));
const ratios = runs.map((run) => run.tune / run.node);
console.log(
  JSON.stringify({
    command: `tune ${argv.join(' ')}`,
    pairs,
    tuneMs: median(runs.map((r) => r.tune)).toFixed(1),
    nodeMs: median(runs.map((r) => r.node)).toFixed(1),
    ratio: median(ratios).toFixed(2),
    ratioMin: Math.min(...ratios).toFixed(2),
    ratioMax: Math.max(...ratios).toFixed(2),
  }),
);
