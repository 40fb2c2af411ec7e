/**
 * npm run test:differential -- [--trees N] [--seed N] [--only sysctl-systemd|sysctl-procps|pam] [--root DIR | --trixie] [--json FILE]
 * --root names a chroot whose programs are tested besides this system's; --trixie makes one of Debian 13 in
 * .cache/trixie with debootstrap, unless it is there. A root in .cache/trixie is used without being asked for.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findMirror } from '../../scripts/vm/mirror.mjs';

const { values } = parseArgs({
  options: {
    trees: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    root: { type: 'string' },
    trixie: { type: 'boolean' },
    json: { type: 'string' },
  },
});
const cached = path.resolve('.cache/trixie');
if (values.trixie && !fs.existsSync(path.join(cached, 'usr/lib/systemd/systemd-sysctl'))) makeRoot(cached);

const env = { ...process.env };
if (values.trees) env.TREES = values.trees;
if (values.seed) env.SEED = values.seed;
const root = values.root ?? env.TUNE_TRIXIE_ROOT ?? (fs.existsSync(cached) ? cached : undefined);
if (root) env.TUNE_TRIXIE_ROOT = path.resolve(root);
const jest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const config = ['--config', 'test/differential/jest.config.mjs'];
const only = values.only ? [`test/differential/${values.only}.test.ts`] : [];
const json = values.json ? ['--json', `--outputFile=${values.json}`] : [];
const { status } = spawnSync(process.execPath, [...jest, ...config, ...only, ...json], {
  stdio: 'inherit',
  env,
});
process.exit(status ?? 2);

function makeRoot(directory) {
  fs.mkdirSync(path.dirname(directory), { recursive: true });
  const packages = 'systemd,procps,libpam-modules,libpam-runtime,login,passwd,util-linux';
  const args = ['--variant=minbase', `--include=${packages}`, 'trixie', directory, findMirror()];
  const made = spawnSync('debootstrap', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (made.status === 0) return;
  fs.rmSync(directory, { recursive: true, force: true });
  const why = made.error?.message ?? `exit ${made.status}`;
  process.stderr.write(`no Debian 13 to compare with, its programs are not tested: debootstrap: ${why}\n`);
}
