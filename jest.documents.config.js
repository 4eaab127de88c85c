const { project, run } = require('./scripts/jest-base.cjs');

/**
 * The tests that need MongoDB on the PATH: they say what to install where there is none.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...project,
  ...run,
  roots: ['<rootDir>/test/documents'],
  testTimeout: 120_000,
  maxWorkers: 1,
};
