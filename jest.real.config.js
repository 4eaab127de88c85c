const { testPathIgnorePatterns: _, ...config } = require('./jest.config.js');

/**
 * The tests that need more than Node: each says what to install when it is missing.
 *
 * @type {import('jest').Config}
 */
module.exports = { ...config, roots: ['<rootDir>/test/real'], testTimeout: 60_000 };
