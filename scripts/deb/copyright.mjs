/** The copyright file of the package: tune's licence, and that of everything that is inside the executable. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const RULE = '='.repeat(78);

/** Packages whose modules are in the bundle, by the names that esbuild leaves in its comments, and the FFI. */
export function bundledPackages(bundle) {
  const found = bundle.matchAll(/^\/\/ (?:.*\/)?node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm);
  return [...new Set([...found].map(([, name]) => name)), 'koffi'].sort();
}

/** Throws when a package says nothing about its licence: then nobody may hand it on. */
function licenceOf(root, name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  if (file === undefined && license === undefined) throw new Error(`${name}: no licence found`);
  const text = file === undefined ? `License: ${license}` : readFileSync(join(folder, file), 'utf8').trim();
  return section(`${name} ${version} (npm)`, text);
}

function section(title, text) {
  return `${RULE}\n${title}\n${RULE}\n\n${text.trim()}\n`;
}

/** `runtime` is what fetchRuntime() returns. */
export function renderCopyright(root, runtime) {
  const bundle = readFileSync(join(root, 'dist', 'app.cjs'), 'latin1');
  const legal = readFileSync(join(root, 'dist', 'app.cjs.LEGAL.txt'), 'utf8');
  return [
    'tune, and what /usr/bin/tune holds besides it: a Node.js runtime with its own\nlibraries (V8, libuv, OpenSSL, ICU and others), and packages from npm.\n',
    section('tune', readFileSync(join(root, 'LICENSE'), 'utf8')),
    ...bundledPackages(bundle).map((name) => licenceOf(root, name)),
    section('Notices in the bundled sources', legal),
    section(`Node.js ${runtime.version} and the libraries in it`, readFileSync(runtime.license, 'utf8')),
  ].join('\n');
}
