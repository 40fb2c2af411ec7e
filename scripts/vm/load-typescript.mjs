/** Imports a TypeScript module of this repository from a plain Node script, through esbuild. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { HERE } from './recipe.mjs';

/** Two loads of one module may overlap in a process. */
let loads = 0;

/** @param {string} path relative to the root of the repository */
export async function loadTypeScript(path) {
  // Beside the sources, so that import.meta.url in them still leads to the neighbours they look for.
  const root = join(HERE, '../..');
  const entry = join(root, path);
  const outfile = `${entry.replace(/\.ts$/, '')}.${process.pid}-${loads++}.mjs`;
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Some are CommonJS, which does not bear being bundled into a module.
    packages: 'external',
    target: 'node20',
    logLevel: 'warning',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}
