/**
 * Writes docs/man/tune.1, or the file that is named, from the definitions of the command line. `--check` writes nothing
 * and fails with one line when the page is out of date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCommands } from './docs/commands.mjs';
import { renderManPage } from './docs/man-page.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const path = args.find((arg) => !arg.startsWith('--')) ?? join(root, 'docs', 'man', 'tune.1');

const wanted = renderManPage(await loadCommands());
let found = '';
try {
  found = readFileSync(path, 'utf8');
} catch {
  // Not there yet.
}
if (found !== wanted) {
  if (args.includes('--check')) {
    console.error(`${relative(root, resolve(path))} is out of date: run node scripts/generate-man.mjs`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
  }
}
