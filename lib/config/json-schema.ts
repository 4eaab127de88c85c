import type { Json } from '../json';

/** A part of the config's schema as JSON Schema, with the metadata that documents it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly const?: Json;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly default?: Json;
  readonly description?: string;
  readonly about?: string;
  readonly absent?: string;
  readonly name?: string;
  readonly expected?: string;
  readonly choice?: string;
}

/** What a value is expected to be, in words such as `a number from 0 to 1`. */
export function expectedOf(schema: JsonSchema): string {
  if (schema.expected !== undefined) return schema.expected;
  if (schema.enum) return schema.enum.join(', ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === 'integer') return boundsOf('a whole number', schema);
  if (schema.type === 'number') return boundsOf('a number', schema);
  return WORDS[String(schema.type)] ?? 'something else';
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function boundsOf(what: string, { minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum !== undefined)
    return `${what} above ${exclusiveMinimum}${most === undefined ? '' : `, up to ${most}`}`;
  return most === undefined ? `${what} of ${minimum} or more` : `${what} from ${minimum} to ${most}`;
}
