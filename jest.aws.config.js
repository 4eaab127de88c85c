const { project, run } = require('./scripts/jest-base.cjs');

// Which Node the SDK of next year needs is not news for a test of this year's.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/**
 * The tests against emulators of AWS, which are installed when they are first run.
 *
 * @type {import('jest').Config}
 */
module.exports = { ...project, ...run, roots: ['<rootDir>/test/aws-emulated'], testTimeout: 600_000 };
