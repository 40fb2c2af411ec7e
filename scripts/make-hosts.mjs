/**
 * Writes the captures of the hand-made hosts (test/fixtures/hosts) and the golden results of every host
 * (test/golden). `--raw DIR` also makes the captures of debian-12 and debian-13 from what scripts/vm recorded.
 * Read the difference before you commit it: a changed golden file is a changed answer to some administrator.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const outfile = join(tmpdir(), `tune-hosts-${process.pid}.cjs`);
await build({
  stdin: {
    contents: `
      export { MADE_HOSTS } from './test/support/hosts/index.ts';
      export { captureOf, rawToParts } from './test/support/hosts/capture.ts';
      export { goldenResults, goldenWalls } from './test/support/golden.ts';
    `,
    resolveDir: root,
    loader: 'ts',
  },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outfile,
  external: ['koffi'],
  logLevel: 'warning',
});
let kit;
try {
  kit = createRequire(import.meta.url)(outfile);
} finally {
  rmSync(outfile, { force: true });
}

const hosts = 'test/fixtures/hosts';
function save(name, capture, about) {
  mkdirSync(join(hosts, name), { recursive: true });
  writeFileSync(join(hosts, name, 'host.json'), `${JSON.stringify(capture, null, 1)}\n`);
  if (about) writeFileSync(join(hosts, name, 'about.md'), `# ${name}\n\n${about.trim()}\n`);
}
for (const { name, about, parts } of kit.MADE_HOSTS) save(name, kit.captureOf(parts), about);

const rawAt = process.argv.indexOf('--raw');
if (rawAt !== -1) {
  for (const [name, file] of [
    ['debian-12', 'raw-debian12.json'],
    ['debian-13', 'raw-debian13.json'],
  ]) {
    const raw = JSON.parse(readFileSync(join(process.argv[rawAt + 1], file), 'utf8'));
    save(name, kit.captureOf(kit.rawToParts(raw)));
  }
}

for (const kind of ['audit', 'walls']) {
  rmSync(`test/golden/${kind}`, { recursive: true, force: true });
  mkdirSync(`test/golden/${kind}`, { recursive: true });
}
for (const name of readdirSync(hosts).sort()) {
  if (!existsSync(join(hosts, name, 'host.json'))) continue;
  for (const [suffix, text] of Object.entries(await kit.goldenResults(join(hosts, name, 'host.json')))) {
    writeFileSync(join('test/golden/audit', `${name}.${suffix}`), text);
  }
  writeFileSync(join('test/golden/walls', `${name}.txt`), kit.goldenWalls(join(hosts, name, 'host.json')));
}
