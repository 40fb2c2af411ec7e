/** Crash tests: a real process is killed at every system call. Root, strace and network namespaces are needed. */
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/crash/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // Thousands of short processes, one after the other.
  maxWorkers: 1,
  testTimeout: 1_800_000,
};
