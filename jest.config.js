/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // need more than Node: jest.real.config.js, jest.aws.config.js, jest.mysql.config.js and jest.documents.config.js
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/real/',
    '<rootDir>/test/aws-emulated/',
    '<rootDir>/test/mysql/',
    '<rootDir>/test/documents/',
    '<rootDir>/test/samples/',
  ],
  transform: { '^.+\\.ts$': '<rootDir>/scripts/jest-esbuild.cjs' },
  globalSetup: '<rootDir>/scripts/jest-setup.cjs',
  globalTeardown: '<rootDir>/scripts/jest-teardown.cjs',
  randomize: true,
  testTimeout: 30_000, // a program started on a busy two-core machine can need more than the default of 5 s
  maxWorkers: '100%', // many tests wait for other processes: the default leaves one core of two idle
};
