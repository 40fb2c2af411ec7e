/**
 * Builds the images that test/vm boots, and the emulator that boots them: `node scripts/vm/build.mjs [NAME…]`.
 * Everything comes from the Debian mirror apt is configured with. Results are kept in $TUNE_VM_CACHE (default
 * .cache/vm) under a hash of the recipe, so a second run only prints what is there. Needs root, on amd64.
 * Progress goes to stderr; stdout is one JSON object: name → {folder, seconds, bytes, cached}.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeRoot } from './debian-root.mjs';
import { configureGuest, makeDisk } from './guest-disk.mjs';
import { findMirror } from './mirror.mjs';
import { cachedFolder, EMULATOR, GUESTS, HERE, staleFolders } from './recipe.mjs';
import { BUILD_ENV, run } from './sandbox.mjs';

/** Programs the build calls, and the Debian package each comes from. */
const TOOLS = {
  debootstrap: 'debootstrap',
  'mkfs.ext4': 'e2fsprogs',
  setpriv: 'util-linux',
  unshare: 'util-linux',
  flock: 'util-linux',
};

export function cacheFolder() {
  return resolve(process.env.TUNE_VM_CACHE ?? join(HERE, '../../.cache/vm'));
}

const say = (text) => process.stderr.write(`vm: ${text}\n`);

async function installTools() {
  const missing = Object.keys(TOOLS).filter(
    (tool) => spawnSync('sh', ['-c', `command -v ${tool}`], { env: BUILD_ENV }).status !== 0,
  );
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => TOOLS[tool]))];
  say(`installing ${packages.join(', ')}`);
  await run(['apt-get', 'update', '--quiet']);
  await run(['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', ...packages]);
}

const builders = {
  async emulator(folder, definition, context) {
    await makeRoot(join(folder, 'root'), definition, context);
    // Where the machines' files are bound for the emulator to open.
    mkdirSync(join(folder, 'root/vm'));
  },
  async guest(folder, definition, context, name) {
    const root = join(folder, 'root');
    await makeRoot(root, definition, context);
    await configureGuest(root, name, context);
    await makeDisk(root, folder, { ...context, ...definition });
    rmSync(root, { recursive: true });
  },
};

/** Bytes on the disk, holes not counted. */
function diskUsage(folder) {
  const answer = spawnSync('du', ['--summarize', '--block-size=1', folder], { encoding: 'utf8' });
  return Number.parseInt(answer.stdout, 10);
}

async function ensure(cache, name) {
  const isEmulator = name === 'emulator';
  const definition = isEmulator ? EMULATOR : GUESTS[name];
  const folder = cachedFolder(cache, name, definition);
  const record = join(folder, 'built.json');
  if (existsSync(record)) return { ...JSON.parse(readFileSync(record, 'utf8')), folder, cached: true };

  const started = performance.now();
  const unfinished = join(cache, `unfinished-${name}`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const logFile = join(cache, `build-${name}.log`);
  writeFileSync(logFile, '');
  const context = { mirror: findMirror(), log: (chunk) => appendFileSync(logFile, chunk) };
  say(`building ${name} (${definition.suite})`);
  await builders[isEmulator ? 'emulator' : 'guest'](unfinished, definition, context, name);
  const built = {
    seconds: Math.round((performance.now() - started) / 1000),
    bytes: diskUsage(unfinished),
  };
  writeFileSync(join(unfinished, 'built.json'), JSON.stringify(built));
  renameSync(unfinished, folder);
  for (const old of staleFolders(cache, name, definition)) rmSync(old, { recursive: true });
  return { ...built, folder, cached: false };
}

async function main(names) {
  const known = ['emulator', ...Object.keys(GUESTS)];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown image ${unknown.join(', ')}: one of ${known.join(', ')}`);
  if (process.arch !== 'x64') throw new Error(`the images are amd64; this machine is ${process.arch}`);
  if (process.getuid() !== 0) throw new Error('building the images needs root (debootstrap, chroot)');
  const cache = cacheFolder();
  mkdirSync(cache, { recursive: true });
  await installTools();
  const result = {};
  for (const name of names.length > 0 ? names : known) {
    result[name] = await ensure(cache, name);
    const { seconds, bytes, cached } = result[name];
    say(
      `${name}: ${Math.round(bytes / 2 ** 20)} MiB, ${cached ? `cached; took ${seconds} s to build` : `built in ${seconds} s`}`,
    );
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Two builds at once would fight over one folder: the second waits for the first, then finds its work. */
function waitForTurn() {
  const cache = cacheFolder();
  mkdirSync(cache, { recursive: true });
  const argv = [
    '--close',
    '--timeout',
    '1800',
    join(cache, 'lock'),
    process.execPath,
    ...process.argv.slice(1),
  ];
  const env = { ...process.env, TUNE_VM_LOCKED: '1' };
  process.exitCode = spawnSync('flock', argv, { env, stdio: 'inherit' }).status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.env.TUNE_VM_LOCKED === undefined) waitForTurn();
  else {
    main(process.argv.slice(2)).catch((error) => {
      say(error.message);
      process.exitCode = 1;
    });
  }
}
