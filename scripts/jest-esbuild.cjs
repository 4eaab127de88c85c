// Lets jest run TypeScript: esbuild takes the types away, file by file. Types are checked by tsc.
const { transformSync } = require('esbuild');

module.exports = {
  /**
   * @param {string} source
   * @param {string} file
   */
  process(source, file) {
    const { code, map } = transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      supported: { 'dynamic-import': false }, // jest has its own module loader
      sourcefile: file,
      sourcemap: 'external',
    });
    return { code, map };
  },
};
