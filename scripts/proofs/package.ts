/** The package under proof: one build of tune for both places, whatever is rebuilt in the checkout meanwhile. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Package {
  /** Holds tune.deb and nothing else: the guest's /payload. */
  readonly payload: string;
  /** The program of the package, unpacked on this machine. */
  readonly program: string;
  readonly version: string;
  dispose(): void;
}

/** Copies and unpacks it. Throws when there is none. */
export function openPackage(file: string | undefined): Package {
  const deb = file ?? builtPackage();
  const folder = mkdtempSync(join(tmpdir(), 'tune-proofs-'));
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  try {
    const payload = mkdtempSync(join(folder, 'payload-'));
    copyFileSync(deb, join(payload, 'tune.deb'));
    const tree = join(folder, 'tree');
    execFileSync('dpkg-deb', ['--extract', deb, tree]);
    const program = join(tree, 'usr/bin/tune');
    const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
    return { payload, program, version, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function builtPackage(): string {
  const names = existsSync('build')
    ? readdirSync('build').filter((name) => /^tune_.*_amd64\.deb$/.test(name))
    : [];
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new Error(
      `build/ holds ${names.length} packages: run "npm run build:deb", or name one with --package`,
    );
  }
  return join('build', name);
}
