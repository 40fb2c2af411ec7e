/**
 * The Node inside the executable: an exact version of an npm package that carries the official binary, fetched through
 * npm's configured registry, checked against the hash in runtime.json, and kept in .cache.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const cache = join(here, '..', '..', '.cache', 'runtime');

/** Returns `{node, license, version}`: the paths of the binary and of its licences, and the version without `v`. */
export function fetchRuntime() {
  const { package: name, version, integrity } = JSON.parse(readFileSync(join(here, 'runtime.json'), 'utf8'));
  const home = join(cache, `${name}-${version}`);
  if (!existsSync(home)) unpack(`${name}@${version}`, integrity, home);
  return { node: join(home, 'bin', 'node'), license: join(home, 'LICENSE'), version };
}

/** Into a folder beside the final one, which then appears whole or not at all. */
function unpack(what, integrity, home) {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(`${home}.`);
  try {
    execFileSync('npm', ['pack', what, '--pack-destination', folder, '--silent', '--ignore-scripts'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: folder,
    });
    const [archive] = readdirSync(folder);
    const path = join(folder, archive);
    const found = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`;
    if (found !== integrity)
      throw new Error(`${what}: the package is not the one pinned in runtime.json: ${found}`);
    execFileSync('tar', ['-xzf', path, '-C', folder, 'package/bin/node', 'package/LICENSE']);
    renameSync(join(folder, 'package'), home);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
