import { Ajv, type ValidateFunction } from 'ajv';
import manifest from '../../schema/twin.json';
import whitelist from '../../schema/whitelist.json';

const compile = (schema: object): ValidateFunction =>
  new Ajv({ strict: false, validateSchema: false }).compile(schema);

/**
 * The validators of the files that parity reads. In the package their code stands in the place of this file, as the build has made
 * it (scripts/validators.mjs): to make it anew would take a quarter of `twin parity`.
 */
export const VALIDATORS = { manifest: compile(manifest), whitelist: compile(whitelist) };

/** The versions of those files that are read. */
export const VERSIONS = {
  manifest: manifest.properties.version.const,
  whitelist: whitelist.properties.version.const,
};
