/**
 * Writes the registries (src/tunables/index.ts, src/rules/index.ts) from the directory listings, so that adding a
 * file is the whole of adding a tunable or a rule. `--check` fails when a registry is out of date.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const registries = [
  { folder: 'src/tunables', item: 'tunable', type: 'Tunable', list: 'TUNABLES' },
  { folder: 'src/rules', item: 'rule', type: 'Rule', list: 'RULES' },
];

export function render({ folder, item, type, list }) {
  const files = readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .sort();
  const name = (i) => `${item}${i}`;
  return [
    '// Generated from the files in this folder by scripts/generate-registry.mjs; do not edit.',
    `import type { ${type} } from '../model/${item}.ts';`,
    ...files.map((file, i) => `import { ${item} as ${name(i)} } from './${file}';`),
    '',
    `export const ${list}: readonly ${type}[] = [${files.map((_, i) => name(i)).join(', ')}];`,
    '',
  ].join('\n');
}

let stale = 0;
for (const registry of registries) {
  const path = join(root, registry.folder, 'index.ts');
  const wanted = render(registry);
  let found = '';
  try {
    found = readFileSync(path, 'utf8');
  } catch {
    // Not there yet: write it below.
  }
  if (found === wanted) continue;
  if (process.argv.includes('--check')) {
    console.error(`${registry.folder}/index.ts is out of date: run node scripts/generate-registry.mjs`);
    stale = 1;
  } else {
    writeFileSync(path, wanted);
  }
}
process.exitCode = stale;
