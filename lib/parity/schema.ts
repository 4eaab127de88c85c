import type { ErrorObject } from 'ajv';
import { TwinError } from '../error';
import { isObject, type Json } from '../json';
import { digestOf } from './digest';
import type { FactorList } from './factor-list';
import { REWRITE, type Manifest } from './manifest';
import { checkReasons } from './reasons';

/**
 * A twin.json, checked against its schema.
 *
 * @throws TwinError `manifest` with the first thing that is wrong
 */
export function checkManifest(json: unknown, file: string): Manifest {
  const problem = check('manifest', json);
  if (problem === undefined) return checkDigest(json as Manifest, file);
  throw new TwinError({
    code: 'manifest',
    message: `${file} is not a twin.json of this version: ${problem}`,
    fix: REWRITE,
  });
}

function checkDigest(manifest: Manifest, file: string): Manifest {
  if (digestOf(manifest) === manifest.digest) return manifest;
  throw new TwinError({
    code: 'manifest',
    message: `${file} was changed after it was written: its digest is that of another one`,
    fix: REWRITE,
  });
}

/**
 * A hand-written whitelist, checked against its schema.
 *
 * @throws TwinError `allowlist-reason` when a reason is still to be written, `whitelist` with the first thing that is wrong
 */
export function checkFactorList(json: unknown, file: string): FactorList {
  checkReasons(json, file);
  const problem = check('whitelist', json);
  if (problem === undefined) return json as FactorList;
  throw new TwinError({
    code: 'whitelist',
    message: `${file} is not a whitelist: ${problem}`,
    fix: 'Correct it; the schema is cdk-twin/schema/whitelist.json.',
  });
}

function check(name: 'manifest' | 'whitelist', json: unknown): string | undefined {
  // Loaded here because few commands need it.
  const { VALIDATORS, VERSIONS } = require('./validators') as typeof import('./validators');
  // said first: another version lacks other keys too
  if (isObject(json) && 'version' in json && json['version'] !== VERSIONS[name])
    return `version is ${JSON.stringify(json['version'])}; allowed is ${VERSIONS[name]}`;
  const validate = VALIDATORS[name];
  return validate(json) ? undefined : inWords(validate.errors?.[0], json);
}

function inWords(error: ErrorObject | undefined, json: unknown): string {
  if (!error) return 'it does not fit the schema';
  const where = error.instancePath === '' ? 'it' : error.instancePath.slice(1).replaceAll('/', '.');
  const params = error.params as Record<string, unknown>;
  const allowed = params['allowedValues'];
  if (Array.isArray(allowed)) return `${where} is ${got(error, json)}; allowed are ${allowed.join(', ')}`;
  if (error.keyword === 'const')
    return `${where} is ${got(error, json)}; allowed is ${JSON.stringify(params['allowedValue'])}`;
  if (typeof params['additionalProperty'] === 'string')
    return `${where} has an unknown key "${params['additionalProperty']}"`;
  if (error.keyword === 'oneOf')
    return `${where} needs either a type or an id, and a path that is a text or a list`;
  return `${where} ${error.message ?? 'does not fit'}`;
}

function got({ instancePath }: ErrorObject, json: unknown): string {
  const keys = instancePath.split('/').slice(1);
  const value = keys.reduce<Json | undefined>(
    (node, key) =>
      Array.isArray(node) ? (node as Json[])[Number(key)] : isObject(node) ? node[key] : undefined,
    json as Json,
  );
  return JSON.stringify(value) ?? 'nothing';
}
