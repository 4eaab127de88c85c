const { project, run } = require('./scripts/jest-base.cjs');

/**
 * The tests that need MySQL or MariaDB on the PATH: each runs with every one that is there, and says what to install where
 * there is none.
 *
 * @type {import('jest').Config}
 */
module.exports = { ...project, ...run, roots: ['<rootDir>/test/mysql'], testTimeout: 120_000, maxWorkers: 1 };
