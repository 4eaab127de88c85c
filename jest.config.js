const path = require('node:path');
const { project, run } = require('./scripts/jest-base.cjs');
const { ELSEWHERE, PROJECTS, testsByProject } = require('./scripts/jest-projects.cjs');

const tests = testsByProject(path.join(__dirname, 'test'), ELSEWHERE);

/**
 * The tests that need Node alone, in a project for each kind: `npx jest --selectProjects unit` while you write.
 *
 * @type {import('jest').Config}
 */
module.exports = {
  ...run,
  projects: PROJECTS.map((name) => ({
    ...project,
    displayName: name,
    // the code too: --findRelatedTests follows imports from one file of these to the next
    roots: ['bin', 'examples', 'lib', 'scripts', 'test'].map((folder) => path.join(__dirname, folder)),
    testMatch: [...tests[name]],
  })),
};
