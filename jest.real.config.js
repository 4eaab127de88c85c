const { project, run } = require('./scripts/jest-base.cjs');

/**
 * The tests that need more than Node: each says what to install when it is missing.
 *
 * @type {import('jest').Config}
 */
module.exports = { ...project, ...run, roots: ['<rootDir>/test/real'], testTimeout: 60_000 };
