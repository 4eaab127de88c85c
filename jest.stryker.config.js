const { project, run } = require('./scripts/jest-base.cjs');
const { ELSEWHERE } = require('./scripts/jest-projects.cjs');

/**
 * The tests that need Node alone, for `npm run mutate:code`: Stryker takes no projects.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...project,
  ...run,
  roots: ['<rootDir>/test'],
  testPathIgnorePatterns: ['/node_modules/', ...ELSEWHERE.map((folder) => `<rootDir>/test/${folder}/`)],
};
