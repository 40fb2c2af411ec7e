/** npm run test:differential -- [--trees N] [--root DIR] [--seed N] [--only sysctl-systemd|sysctl-procps|pam] */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    trees: { type: 'string' },
    root: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
});
const env = { ...process.env };
if (values.trees) env.TREES = values.trees;
if (values.seed) env.SEED = values.seed;
if (values.root) env.TUNE_TRIXIE_ROOT = values.root;
const jest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const config = ['--config', 'test/differential/jest.config.mjs'];
const only = values.only ? [`test/differential/${values.only}.test.ts`] : [];
const { status } = spawnSync(process.execPath, [...jest, ...config, ...only], { stdio: 'inherit', env });
process.exit(status ?? 2);
