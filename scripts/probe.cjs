/**
 * How what runs in a task on AWS is built: the task has nothing but this one file, and its definition holds 64 KiB, packed.
 */
module.exports.PROBE = /** @type {const} */ ({
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // nothing of MySQL and MongoDB: their databases are refused before a task starts
  external: ['pg-native', 'pg-cloudflare', './mysql/*', './mongodb/*'],
  legalComments: 'none',
});
