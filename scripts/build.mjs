/**
 * Builds dist/: the bundle (app.cjs), V8's compiled form of it (app.cache) and the launcher that loads both
 * (tune.cjs). Start-up is a feature: an audit must not cost more than twice a bare `node -e 0`.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  absWorkingDir: root,
  external: ['koffi'],
  // A script from V8's code cache has no import(): lazily required modules must be require() in the bundle.
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
};

/**
 * Two libraries do work at every start that only a help text needs. Each patch changes one line; if the line is not
 * there any more, the build still works and bench/startup.mjs shows the cost.
 */
const START_UP_PATCHES = [
  {
    // An Intl.Segmenter reads ICU's dictionaries: 20 ms for each copy of the library. Make it on first use.
    filter: /[\\/]string-width[\\/]index\.js$/,
    from: 'const segmenter = new Intl.Segmenter();',
    to: 'let made; const segmenter = { segment: text => (made ??= new Intl.Segmenter()).segment(text) };',
  },
  {
    // The regular expression of all emoji takes 20 ms to compile.
    filter: /[\\/]string-width[\\/]index\.js$/,
    from: /const rgiEmojiRegex = (.*);/,
    to: 'let emoji; const rgiEmojiRegex = { test: text => (emoji ??= $1).test(text) };',
  },
  {
    // After each command yargs renders the whole help text, in case it is asked for later. Nobody here does.
    filter: /[\\/]yargs[\\/]build[\\/]lib[\\/]usage\.js$/,
    from: 'cachedHelpMessage = this.help();',
    to: '',
  },
];

const startUp = {
  name: 'start-up',
  setup(builder) {
    builder.onLoad({ filter: /[\\/](string-width|yargs)[\\/].*\.js$/ }, ({ path }) => {
      const patches = START_UP_PATCHES.filter(({ filter }) => filter.test(path));
      const source = readFileSync(path, 'utf8');
      return {
        loader: 'js',
        contents: patches.reduce((text, { from, to }) => text.replace(from, to), source),
      };
    });
  },
};

/**
 * What is baked in, as text: every shipped profile, parsed and checked with the code that reads a user's own, and the
 * evidence for its settings as far as it has been measured.
 */
async function bake() {
  const outfile = join(tmpdir(), `tune-baked-${process.pid}.cjs`);
  await build({
    ...shared,
    stdin: {
      contents: `export { parseProfile } from './src/profile/document.ts'; export { encodeShipped } from './src/profile/shipped.ts'; export { condense } from './src/evidence/shipped.ts';`,
      resolveDir: root,
      loader: 'ts',
    },
    format: 'cjs',
    outfile,
  });
  try {
    const { parseProfile, encodeShipped, condense } = createRequire(import.meta.url)(outfile);
    const parsed = readdirSync(join(root, 'profiles'))
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => parseProfile(readFileSync(join(root, 'profiles', name), 'utf8'), `profiles/${name}`));
    return {
      profiles: encodeShipped(Object.fromEntries(parsed.map((p) => [p.document.name, p]))),
      evidence: JSON.stringify(condense(readEvidence())),
    };
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** The reports in docs/evidence; that folder has others beside them. */
function readEvidence() {
  const folder = join(root, 'docs', 'evidence');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .filter(({ kind }) => kind === 'tune-evidence');
}

const { profiles, evidence } = await bake();
mkdirSync(dist, { recursive: true });
await build({
  ...shared,
  entryPoints: ['src/main.ts'],
  format: 'cjs',
  charset: 'ascii',
  // Names and lines stay, for stack traces; with the code cache, size costs next to nothing.
  minifySyntax: true,
  legalComments: 'linked',
  outfile: join(dist, 'app.cjs'),
  plugins: [startUp],
  define: {
    TUNE_SHIPPED_PROFILES: JSON.stringify(profiles),
    TUNE_SHIPPED_EVIDENCE: JSON.stringify(evidence),
    // yargs asks where it lives to find its translations; tune speaks English only.
    'import.meta.url': '"file:///tune/app.cjs"',
  },
});
// The launcher reads one byte a character: outside comments, which esbuild copies, nothing else may be in there.
const bundle = readFileSync(join(dist, 'app.cjs'), 'utf8');
const stray = bundle.split('\n').find((line) => /[^\0-\x7f]/.test(line) && !/^\s*(\/\/|\/?\*)/.test(line));
if (stray !== undefined) throw new Error(`the bundle holds a character that is not ASCII: ${stray.trim()}`);
// A cache of the last bundle would be refused, and is wrong to leave behind if this build stops here.
rmSync(join(dist, 'app.cache'), { force: true });
copyFileSync(join(root, 'scripts', 'launcher.cjs'), join(dist, 'tune.cjs'));
chmodSync(join(dist, 'tune.cjs'), 0o755);
// The code cache holds what was compiled by then, so warm it with the commands that should start fast.
const cache = execFileSync(
  process.execPath,
  [join(root, 'scripts', 'code-cache.cjs'), join(dist, 'app.cjs')],
  {
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
writeFileSync(join(dist, 'app.cache'), cache);
