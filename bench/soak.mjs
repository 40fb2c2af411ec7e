/**
 * The soak engine beside a bare C program that does the same work, in pairs: one right after the other, each in a
 * network namespace of its own, so that what the machine does meanwhile hits both. Rates of one run mean little on
 * a shared machine; the median of the pairs' ratios is the figure.
 *
 *   node bench/soak.mjs [--sizes 100000,500000] [--pairs 5,3] [--json]
 *
 * Needs root, gcc, iproute2 and about 10 kB of memory per connection.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '..', '.cache', 'bench');
const BYTES_PER_CONNECTION = 10_000;
const KEPT_FREE = 2 ** 31;
/** As the engine plans it: descriptors a process needs for itself, and the pause of its servers. */
const OWN_DESCRIPTORS = 48;
const ACCEPTING = 2;
const PAUSE_US = 500;
const WINDOW = 256;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100000,500000' },
    pairs: { type: 'string', default: '5,3' },
    json: { type: 'boolean', default: false },
  },
});
const sizes = values.sizes.split(',').map(Number);
const pairs = values.pairs.split(',').map(Number);

function build() {
  mkdirSync(folder, { recursive: true });
  execFileSync('gcc', ['-O2', '-Wall', '-o', join(folder, 'soak'), join(here, 'c', 'soak.c')]);
  buildSync({
    entryPoints: [join(here, 'soak-driver.ts')],
    outfile: join(folder, 'soak.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
}

function run(file, args) {
  const done = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 1 << 26, timeout: 600_000 });
  if (done.status !== 0)
    throw new Error(`${file} ${args.join(' ')}: ${done.stderr || done.stdout || done.error}`);
  return JSON.parse(done.stdout);
}

function hardNofile() {
  return Number(/^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
}

function runC(size, pause) {
  const perProcess = Math.min(hardNofile() - OWN_DESCRIPTORS, Math.ceil(size / availableParallelism()));
  const active = availableParallelism() + 1;
  const args = [size, perProcess, active, ACCEPTING, 2024, WINDOW, '127.1.0.1', pause].join(' ');
  const r = run('unshare', ['-n', 'sh', '-c', `ip link set lo up; exec ${join(folder, 'soak')} ${args}`]);
  return {
    connects: r.connectsPerSecond,
    echoes: r.echoesPerSecond,
    rampCpu: r.rampCpuMicros,
    process: r.processBytesPerConnection,
  };
}

function runTune(size, seed) {
  const request = { goal: size, mode: 'spread', namespace: true, seed };
  const r = run(process.execPath, [join(folder, 'soak.mjs'), JSON.stringify(request)]);
  if (r.verdict.state !== 'passed' || r.held !== size) throw new Error(JSON.stringify(r.verdict));
  const ramp = r.phases.find((phase) => phase.phase === 'ramp').durationMs;
  return {
    connects: r.rates.connectsPerSecond,
    echoes: r.rates.echoesPerSecond,
    rampCpu: Math.round((r.generator.cpuShare * r.generator.cpus * ramp * 1e5) / size) / 100,
    process: r.memory.processPerConnection,
    kernel: r.memory.kernelPerConnection,
  };
}

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const two = (n) => Math.round(n * 100) / 100;

function summarise(size, rounds) {
  const of = (who, what) => median(rounds.map((round) => round[who][what]));
  const ratio = (what, base) => two(median(rounds.map((round) => round.tune[what] / round[base][what])));
  return {
    connections: size,
    pairs: rounds.length,
    connects: { c: of('c', 'connects'), paused: of('paused', 'connects'), tune: of('tune', 'connects') },
    connectRatio: ratio('connects', 'c'),
    connectRatioPaused: ratio('connects', 'paused'),
    echoes: { c: of('c', 'echoes'), paused: of('paused', 'echoes'), tune: of('tune', 'echoes') },
    echoRatio: ratio('echoes', 'c'),
    rampCpuMicros: {
      c: two(of('c', 'rampCpu')),
      paused: two(of('paused', 'rampCpu')),
      tune: of('tune', 'rampCpu'),
    },
    processBytesPerConnection: { c: of('c', 'process'), tune: of('tune', 'process') },
    kernelBytesPerConnection: of('tune', 'kernel'),
    rounds,
  };
}

build();
const results = [];
for (const [at, size] of sizes.entries()) {
  const available = Number(/MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
  if (available < size * BYTES_PER_CONNECTION + KEPT_FREE) {
    process.stderr.write(`${size} connections left out: ${available} bytes available\n`);
    continue;
  }
  const rounds = [];
  for (let pair = 0; pair < (pairs[at] ?? pairs.at(-1)); pair++) {
    // Who goes first changes, so that neither always finds the memory warmed up by the other.
    const order = pair % 2 === 0 ? ['c', 'tune', 'paused'] : ['tune', 'c', 'paused'];
    const round = {};
    for (const who of order) {
      round[who] = who === 'tune' ? runTune(size, 1 + pair) : runC(size, who === 'paused' ? PAUSE_US : 0);
    }
    rounds.push(round);
    process.stderr.write(
      `${size} pair ${pair + 1}: connects ${round.c.connects} C, ${round.tune.connects} tune; ` +
        `echoes ${round.c.echoes} C, ${round.tune.echoes} tune\n`,
    );
  }
  results.push(summarise(size, rounds));
}

if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
else {
  console.table(
    Object.fromEntries(
      results.map((r) => [
        r.connections,
        {
          pairs: r.pairs,
          'C connects/s': r.connects.c,
          'C paused': r.connects.paused,
          'tune connects/s': r.connects.tune,
          ratio: r.connectRatio,
          'C echoes/s': r.echoes.c,
          'tune echoes/s': r.echoes.tune,
          'echo ratio': r.echoRatio,
          'ramp CPU µs C': r.rampCpuMicros.c,
          'ramp CPU µs tune': r.rampCpuMicros.tune,
          'process B/conn': r.processBytesPerConnection.tune,
          'kernel B/conn': r.kernelBytesPerConnection,
        },
      ]),
    ),
  );
}
