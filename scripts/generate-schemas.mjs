/**
 * Writes docs/schema/*.json, the published JSON Schemas, from the zod schemas in the source. `--check` fails when a
 * published one is out of date.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'docs', 'schema');
const outfile = join(tmpdir(), `tune-schemas-${process.pid}.cjs`);

await build({
  stdin: {
    contents: `
      export { profileJsonSchema as profile } from './src/profile/schema.ts';
      export { captureJsonSchema as capture } from './src/host/capture.ts';
      export { soakJsonSchema as soak } from './src/report/soak-schema.ts';
      export { evidenceJsonSchema as evidence } from './src/report/evidence-schema.ts';
      export { trialJsonSchema as trial } from './src/report/trial-schema.ts';
      export { verifyJsonSchema as verify } from './src/report/verify-schema.ts';
      export { auditJsonSchema as audit } from './src/report/audit-schema.ts';
      export { wallsJsonSchema as walls } from './src/report/walls-schema.ts';
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
let schemas;
try {
  schemas = createRequire(import.meta.url)(outfile);
} finally {
  rmSync(outfile, { force: true });
}

mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(schemas)) {
  const path = join(folder, `${name}.json`);
  const wanted = `${JSON.stringify(schema(), null, 2)}\n`;
  let found = '';
  try {
    found = readFileSync(path, 'utf8');
  } catch {
    // Not there yet.
  }
  if (found === wanted) continue;
  if (process.argv.includes('--check')) {
    console.error(`docs/schema/${name}.json is out of date: run node scripts/generate-schemas.mjs`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, wanted);
  }
}
