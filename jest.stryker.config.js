const path = require('node:path');
const { project, run } = require('./scripts/jest-base.cjs');
const { ELSEWHERE, FAST, testsByProject } = require('./scripts/jest-projects.cjs');

const tests = testsByProject(path.join(__dirname, 'test'), ELSEWHERE);

/**
 * The tests that start nothing, for `npm run mutate:code`: Stryker takes no projects, and what starts programs runs for minutes
 * for each change.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...project,
  ...run,
  roots: ['bin', 'examples', 'lib', 'scripts', 'test'].map((folder) => path.join(__dirname, folder)),
  testMatch: FAST.flatMap((name) => tests[name]),
};
