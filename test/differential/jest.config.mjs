/** Differential tests: the models of src/boot against the real programs. Root and Linux namespaces are needed. */
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/differential/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // The programs under test are CPU-bound and share the machine with others.
  maxWorkers: 1,
};
