import Ajv, { type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';

/** Reads a published JSON schema. */
export function schemaOf(name: 'sarif-2.1.0' | 'github-action' | 'github-workflow'): ValidateFunction {
  const schema = JSON.parse(readFileSync(`${__dirname}/${name}.json`, 'utf8')) as object;
  // the formats are of addresses and times, which these schemas use as hints
  return new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
}

/** What a schema finds in a value: nothing where it is valid. */
export function faultsOf(validate: ValidateFunction, value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
