/**
 * What the guests install, as a folder that they find under /payload: the .deb where `npm run build:deb` has made one,
 * otherwise a stand-in of this machine's Node with the bundle. Says which; TUNE_VM_DEB=required takes only the .deb.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Payload {
  readonly kind: 'deb' | 'stand-in';
  /** Host path, for `Machine.create`. */
  readonly folder: string;
  /** Shell text that installs it in a guest. */
  readonly install: string;
  dispose(): void;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = join(ROOT, 'build');
/** What the guests run besides, from scripts/vm/guest. */
const GUEST_SCRIPTS = ['fingerprint.sh'];

/** Throws when there is nothing to install, or no .deb although one is required. */
export function preparePayload(): Payload {
  const deb = newestDeb();
  if (deb === null && process.env.TUNE_VM_DEB === 'required') {
    throw new Error(`TUNE_VM_DEB=required, and ${BUILD} holds no tune_*_amd64.deb: run "npm run build:deb"`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'tune-payload-'));
  for (const script of GUEST_SCRIPTS) cpSync(join(ROOT, 'scripts/vm/guest', script), join(folder, script));
  const dispose = () => rmSync(folder, { recursive: true, force: true });
  if (deb === null) {
    const install = addStandIn(folder);
    say(`installing a stand-in (Node ${process.version} with dist/), since no .deb was built`);
    return { kind: 'stand-in', folder, install, dispose };
  }
  cpSync(deb, join(folder, 'tune.deb'));
  say(`installing ${deb}`);
  return { kind: 'deb', folder, install: 'dpkg -i /payload/tune.deb', dispose };
}

function newestDeb(): string | null {
  const names = existsSync(BUILD) ? readdirSync(BUILD).filter((n) => /^tune_.*_amd64\.deb$/.test(n)) : [];
  const paths = names.map((name) => join(BUILD, name));
  return paths.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0] ?? null;
}

function addStandIn(folder: string): string {
  const parts = ['dist', 'node_modules/koffi', 'node_modules/@koromix'];
  const missing = parts.find((part) => !existsSync(join(ROOT, part)));
  if (missing !== undefined) throw new Error(`there is no ${missing} to install: run "npm run build"`);
  for (const part of parts) cpSync(join(ROOT, part), join(folder, 'tune', part), { recursive: true });
  cpSync(process.execPath, join(folder, 'node'), { dereference: true });
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'bin/tune'),
    '#!/bin/sh\nexec /payload/node /payload/tune/dist/tune.cjs "$@"\n',
    { mode: 0o755 },
  );
  return 'install -m 755 /payload/bin/tune /usr/local/bin/tune';
}

function say(text: string): void {
  process.stderr.write(`\nvm: ${text}\n`);
}
