import type { JsonSchema } from '../../lib/config/json-schema';

/** The schema for editors: JSON Schema, without what documents it elsewhere. */
export function publishedSchema(schema: JsonSchema): string {
  const { about, ...rest } = schema;
  const published = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'cdk-twin/schema/twin.config.json',
    title: 'cdk-twin config',
    description: about,
    ...(clean(rest) as object),
  };
  return `${JSON.stringify(published, null, 2)}\n`;
}

const OURS = new Set(['$schema', 'about', 'absent', 'choice', 'expected', 'name']);

function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  const { about, properties, ...others } = value as Record<string, unknown>;
  const kept = Object.entries(others).filter(
    ([key, it]) => !OURS.has(key) && !(key === 'maximum' && it === Number.MAX_SAFE_INTEGER),
  );
  return {
    ...(about !== undefined && { description: about }),
    ...Object.fromEntries(kept.map(([key, it]) => [key, key === 'default' ? it : clean(it)])),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as object).map(([key, it]) => [key, clean(it)]), // a key may be called `name`
      ),
    }),
  };
}
