/**
 * What lies beside the bundles as it is: the program of a thread is started from a file; a large table is read only where templates
 * differ.
 */
module.exports.BESIDE = /** @type {const} */ (['lib/aws/properties.json', 'lib/config/runner.cjs']);
