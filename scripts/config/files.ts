import { jsonSchema } from '../../lib/config/schema';
import { configTypes } from './types';

/** What is generated from the schema, by file. */
export function configFiles(): ReadonlyMap<string, string> {
  const schema = jsonSchema();
  return new Map([['lib/config/types.ts', configTypes(schema)]]);
}
