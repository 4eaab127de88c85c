const { testPathIgnorePatterns: _, ...config } = require('./jest.config.js');

/**
 * Whole rehearsals of apps that are not ours, with their own frameworks and drivers, which are installed when they are first run.
 *
 * @type {import('jest').Config}
 */
module.exports = { ...config, roots: ['<rootDir>/test/samples'], testTimeout: 900_000, maxWorkers: 1 };
