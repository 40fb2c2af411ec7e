/** npm run test:crash -- [--points N] [--seed N] [--full] */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { points: { type: 'string' }, seed: { type: 'string' }, full: { type: 'boolean' } },
});
const env = { ...process.env };
if (values.points) env.CRASH_POINTS = values.points;
if (values.seed) env.CRASH_SEED = values.seed;
if (values.full) env.CRASH_POINTS = 'all';
const jest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(process.execPath, [...jest, '--config', 'test/crash/jest.config.mjs'], {
  stdio: 'inherit',
  env,
});
process.exit(status ?? 2);
