/** tune, the soak engine and small programs on this machine, in network namespaces of their own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const PROGRAMS = join(REPOSITORY, 'scripts/article/programs');
/** The version alone: what a builder appended means nothing to a reader. */
export const HERE = {
  place: `a machine with ${availableParallelism()} processors and ${Math.round(totalmem() / 2 ** 30)} GiB`,
  kernel: release().split('-')[0],
};

const TUNE = join(REPOSITORY, 'dist/tune.cjs');
const ENGINE = join(REPOSITORY, '.cache/article/soak.mjs');
const LIMIT_MS = 600_000;

/** Quotes a word of a command as a reader would type it. */
export const quoted = (word) => (/^[\w./=:,-]+$/.test(word) ? word : `'${word}'`);
export const shown = (args) => args.map(quoted).join(' ');

/** Runs tune with `--format json`. A soak that stops at a limit exits 1 and is an answer, too. */
export function tune(args) {
  const done = spawnSync(process.execPath, [TUNE, ...args, '--format', 'json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: LIMIT_MS,
  });
  if (!done.stdout?.startsWith('{')) throw new Error(`tune ${shown(args)}: ${done.stderr || done.error}`);
  return JSON.parse(done.stdout);
}

/** Of loopback itself. */
const LOOPBACK_MTU = 65_536;

/** argv that runs a program in a new network namespace with these sysctls. */
function inNamespace(sysctls, mtu, argv) {
  const writes = Object.entries(sysctls).map(([key, value]) => `sysctl -qw '${key}=${value}'`);
  const script = [`ip link set lo mtu ${mtu} up`, ...writes, 'exec "$@"'].join('; ');
  return ['unshare', ['-n', 'sh', '-ec', script, 'sh', ...argv]];
}

/** The soak engine with what the command line does not offer (`maxSources`), as in bench/soak.mjs. */
export function soakEngine(request, sysctls) {
  mkdirSync(dirname(ENGINE), { recursive: true });
  buildSync({
    entryPoints: [join(REPOSITORY, 'bench/soak-driver.ts')],
    outfile: ENGINE,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return program(sysctls, [ENGINE, JSON.stringify(request)]);
}

/** A Node program in a network namespace of its own; answers the JSON it prints. */
export function program(sysctls, args, { mtu = LOOPBACK_MTU } = {}) {
  const [file, argv] = inNamespace(sysctls, mtu, [process.execPath, ...args]);
  return JSON.parse(execFileSync(file, argv, { encoding: 'utf8', maxBuffer: 2 ** 28, timeout: LIMIT_MS }));
}
