import { jsonSchema } from '../../lib/config/schema';
import { configPage } from './page';
import { publishedSchema } from './published';
import { configTypes } from './types';

/** What is generated from the schema of twin.config.ts, by file. */
export function configFiles(): ReadonlyMap<string, string> {
  const schema = jsonSchema();
  return new Map([
    ['lib/config/types.ts', configTypes(schema)],
    ['schema/twin.config.json', publishedSchema(schema)],
    ['docs/config.md', configPage(schema)],
  ]);
}
