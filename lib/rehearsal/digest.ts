import { createHash } from 'node:crypto';
import { isObject } from '../json';

/** The SHA-256 of rules, in hexadecimal; the order of keys does not matter. */
export const digestOf = (rules: object): string =>
  createHash('sha256').update(canonical(rules)).digest('hex');

const canonical = (json: unknown): string =>
  JSON.stringify(json, (_, it: unknown) =>
    isObject(it) ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1))) : it,
  );
