/**
 * How fast the single executable starts: pairs of `build/tune audit` and `node dist/tune.cjs audit`, one after the
 * other, so that a change of the machine's speed hits both. Prints medians, the median of the pairwise ratios (goal: at
 * most 1.0), and sizes. Usage: node bench/executable.mjs [pairs] [arguments of tune ...]
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const pairs = Number(process.argv[2] ?? 21);
const argv = process.argv.length > 3 ? process.argv.slice(3) : ['audit', '--profile', 'c1m'];
const executable = [join(root, 'build', 'tune')];
const bundle = [process.execPath, join(root, 'dist', 'tune.cjs')];

function milliseconds([file, ...first]) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(file, [...first, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0 && status !== 1) throw new Error(`exit ${status}: ${stderr}`);
  return elapsed;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

for (let i = 0; i < 2; i++) [executable, bundle].map(milliseconds);
// Which of the two goes first changes from pair to pair.
const runs = Array.from({ length: pairs }, (_, i) => {
  const first = milliseconds(i % 2 === 0 ? executable : bundle);
  const second = milliseconds(i % 2 === 0 ? bundle : executable);
  return i % 2 === 0 ? { executable: first, bundle: second } : { executable: second, bundle: first };
});
const ratios = runs.map((run) => run.executable / run.bundle);
const size = (path) => Number((statSync(path).size / 1e6).toFixed(1));
const deb = readdirSync(join(root, 'build')).find((name) => /^tune_.*\.deb$/.test(name));
console.log(
  JSON.stringify({
    command: `tune ${argv.join(' ')}`,
    pairs,
    node: process.version,
    executableMs: median(runs.map((r) => r.executable)).toFixed(1),
    bundleMs: median(runs.map((r) => r.bundle)).toFixed(1),
    ratio: median(ratios).toFixed(2),
    ratioMin: Math.min(...ratios).toFixed(2),
    ratioMax: Math.max(...ratios).toFixed(2),
    executableMB: size(executable[0]),
    debMB: deb === undefined ? null : size(join(root, 'build', deb)),
  }),
);
