import type { JsonSchema } from '../../lib/config/json-schema';

/** Whether a key may be left out. */
export const isOptional = ({ required = [] }: JsonSchema, key: string): boolean => !required.includes(key);

/** The type of a value, as it is written in TypeScript. */
export function typeOf(schema: JsonSchema): string {
  if (schema.name !== undefined) return schema.name;
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.enum) return 'string'; // a config in several constants, as `{ method: 'POST' }` on its own, has no other type
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.items) {
    const item = typeOf(schema.items);
    return `readonly ${item.includes(' ') ? `(${item})` : item}[]`;
  }
  if (schema.additionalProperties) return `Readonly<Record<string, ${typeOf(schema.additionalProperties)}>>`;
  return [schema.type ?? 'unknown']
    .flat()
    .map((it) => (it === 'integer' ? 'number' : it))
    .join(' | ');
}
