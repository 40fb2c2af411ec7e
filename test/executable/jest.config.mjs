/** Tests of build/tune and its .deb only: `npm run test:executable` builds both first. The CLI's own tests run on it, too. */
import base from '../../jest.config.mjs';

// test/support/cli.ts starts this program instead of the bundle.
process.env.TUNE_BINARY = 'build/tune';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/executable/*.test.ts', '<rootDir>/test/cli/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 120_000,
};
