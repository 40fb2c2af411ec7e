/**
 * Writes docs/tunables.md, or the file that is named, from the catalogue in src/tunables. `--check` writes nothing
 * and fails with one line when the page is out of date.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { renderTunables } from './docs/tunables-page.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const path = args.find((arg) => !arg.startsWith('--')) ?? join(root, 'docs', 'tunables.md');

/** Node 20 cannot run TypeScript, so the catalogue and its words are bundled first. */
async function loadCatalogue() {
  const outfile = join(tmpdir(), `tune-catalogue-${process.pid}.cjs`);
  await build({
    stdin: {
      contents: `
        export { TUNABLES } from './src/tunables/index.ts';
        export { formatRelation } from './src/model/relation.ts';
        export { formatGrouped } from './src/model/value.ts';
        export { EFFECTS as effects, REACHES as reaches } from './src/report/wording.ts';
      `,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'warning',
  });
  try {
    return createRequire(import.meta.url)(outfile);
  } finally {
    rmSync(outfile, { force: true });
  }
}

const { TUNABLES, ...words } = await loadCatalogue();
const wanted = renderTunables(TUNABLES, words);
let found = '';
try {
  found = readFileSync(path, 'utf8');
} catch {
  // Not there yet.
}
if (found !== wanted) {
  if (args.includes('--check')) {
    console.error(`${relative(root, resolve(path))} is out of date: run node scripts/generate-docs.mjs`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, wanted);
  }
}
