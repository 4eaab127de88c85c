// One folder for all that tests leave behind, such as the assemblies of `new App()`; jest-teardown.cjs removes it.
const { chmodSync, mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

module.exports = async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tests-'));
  chmodSync(folder, 0o711); // PostgreSQL runs as another user when we are root, and has to get through
  process.env['TMPDIR'] = folder;
  Object.assign(globalThis, { testFolder: folder });
};
