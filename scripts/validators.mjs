// The code of the validators in lib/parity/validators.ts, made once for the package.
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

/** @returns {string} a CommonJS module with the exports of lib/parity/validators.ts */
export function validatorsCode() {
  /** @type {(file: string) => import('ajv').AnySchemaObject} */
  const read = (file) => JSON.parse(readFileSync(new URL(`../schema/${file}.json`, import.meta.url), 'utf8'));
  const ajv = new Ajv({ strict: false, validateSchema: false, code: { source: true } });
  const [manifest, whitelist] = ['twin', 'whitelist'].map(read);
  ajv
    .addSchema(/** @type {object} */ (manifest), 'manifest')
    .addSchema(/** @type {object} */ (whitelist), 'whitelist');
  const code = standalone.default(ajv, { manifest: 'manifest', whitelist: 'whitelist' });
  const versions = { manifest: versionOf(manifest), whitelist: versionOf(whitelist) };
  return `${code}
exports.VALIDATORS = { manifest: exports.manifest, whitelist: exports.whitelist };
exports.VERSIONS = ${JSON.stringify(versions)};
`;
}

/** @param {import('ajv').AnySchemaObject | undefined} schema */
const versionOf = (schema) => schema?.['properties'].version.const;
