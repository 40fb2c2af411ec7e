/**
 * Builds build/tune: the bundle, V8's compiled form of it, and the FFI's native library inside a Node of their own, as
 * one file for Linux on x86-64. Needs dist/, so run it as `npm run build:executable`.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchRuntime } from './runtime.mjs';

/** Where Node looks for what is inside: its documentation of single executables. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const BLOB = 'NODE_SEA_BLOB';

/**
 * For every process of tune. A small young generation and one helper thread: the worker processes of a soak make next
 * to no garbage, and an audit is over before a larger heap would pay. Compiling in the foreground: what a worker needs
 * is compiled in its rehearsal, not while connections are opened (12 bytes of memory for each instead of 35). No
 * configuration of OpenSSL, from wherever the environment says: it can name libraries to load, and tune encrypts nothing.
 */
const OPTIONS = [
  '--max-semi-space-size=1',
  '--v8-pool-size=1',
  '--no-concurrent-recompilation',
  '--openssl-config=/dev/null',
];

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const out = join(root, 'build');
const work = join(out, `work-${process.pid}`);

if (process.platform !== 'linux' || process.arch !== 'x64') {
  throw new Error(`the executable is built on linux-x64, not on ${process.platform}-${process.arch}`);
}

/** Symbols are a seventh of the file and help nobody; without binutils it stays larger, nothing else. */
function strip(path) {
  try {
    execFileSync('strip', ['--remove-section=.comment', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    console.error('build:executable: no strip (package binutils): the executable is larger than it must be');
  }
}

/** The library LIEF inside postject writes warnings about section names to stdout, one by one; they say nothing. */
function inject(path, blob) {
  const postject = join(dirname(require.resolve('postject/package.json')), 'dist', 'cli.js');
  execFileSync(process.execPath, [postject, path, BLOB, blob, '--sentinel-fuse', FUSE], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

const runtime = fetchRuntime();
mkdirSync(work, { recursive: true });
try {
  const bundle = join(root, 'dist', 'app.cjs');
  const cache = execFileSync(runtime.node, [...OPTIONS, join(root, 'scripts', 'code-cache.cjs'), bundle], {
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writeFileSync(join(work, 'app.cache'), cache);
  const config = {
    main: join(root, 'scripts', 'executable', 'main.cjs'),
    output: join(work, 'blob'),
    disableExperimentalSEAWarning: true,
    // Not for speed (main.cjs is a few lines): with a cache of its own, Node looks for none where NODE_COMPILE_CACHE says.
    useCodeCache: true,
    execArgv: OPTIONS,
    // NODE_OPTIONS could make a program that root runs load anything.
    execArgvExtension: 'none',
    assets: {
      'app.cjs': bundle,
      'app.cache': join(work, 'app.cache'),
      'koffi.node': require.resolve('@koromix/koffi-linux-x64/linux_x64/koffi.node'),
    },
  };
  writeFileSync(join(work, 'config.json'), JSON.stringify(config));
  // With the same options: V8 refuses a cache made with others.
  execFileSync(runtime.node, [...OPTIONS, '--experimental-sea-config', join(work, 'config.json')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const executable = join(work, 'tune');
  copyFileSync(runtime.node, executable);
  strip(executable);
  inject(executable, config.output);
  chmodSync(executable, 0o755);
  execFileSync(executable, ['--version'], { stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(executable, join(out, 'tune'));
  const size = (statSync(join(out, 'tune')).size / 1e6).toFixed(1);
  console.log(`build/tune: ${size} MB, Node ${runtime.version}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
