const { rmSync } = require('node:fs');

module.exports = async () => {
  const { testFolder } = /** @type {{ testFolder: string }} */ (/** @type {unknown} */ (globalThis));
  rmSync(testFolder, { recursive: true, force: true });
};
