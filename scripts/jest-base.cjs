/**
 * What all configurations of Jest share.
 *
 * @type {import('jest').Config}
 */
const project = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': '<rootDir>/scripts/jest-esbuild.cjs' },
};

/** @type {import('jest').Config} */
const run = {
  globalSetup: '<rootDir>/scripts/jest-setup.cjs',
  globalTeardown: '<rootDir>/scripts/jest-teardown.cjs',
  randomize: true,
  testTimeout: 30_000, // a program started on a busy two-core machine can need more than the default of 5 s
  maxWorkers: '100%', // many tests wait for other processes: the default leaves one core of two idle
};

module.exports = { project, run };
