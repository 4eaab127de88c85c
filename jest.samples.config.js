const { project, run } = require('./scripts/jest-base.cjs');

/**
 * Whole rehearsals of apps that are not ours, with their own frameworks and drivers, which are installed when they are first run.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...project,
  ...run,
  roots: ['<rootDir>/test/samples'],
  testTimeout: 900_000,
  maxWorkers: 1,
};
