import { typeOf, isOptional } from './describe';
import type { JsonSchema } from '../../lib/config/json-schema';

const HEAD = `// Written by \`npm run config\` from the schema of twin.config.ts: change that, where each key is described.

`;

/** The interfaces of twin.config.ts, from its schema. */
export function configTypes(schema: JsonSchema): string {
  const named = new Map<string, string>();
  collect(schema, named);
  return HEAD + [...named.values()].join('\n');
}

/** Everything that has a name, each before what it consists of. */
function collect(schema: JsonSchema, named: Map<string, string>): void {
  const { name } = schema;
  const isNew = name !== undefined && !named.has(name);
  if (isNew) named.set(name, declarationOf(name, schema));
  for (const part of partsOf(schema)) collect(part, named);
}

const partsOf = ({ properties = {}, additionalProperties, items, anyOf = [] }: JsonSchema): JsonSchema[] => [
  ...Object.values(properties),
  ...(additionalProperties ? [additionalProperties] : []),
  ...(items ? [items] : []),
  ...anyOf,
];

function declarationOf(name: string, schema: JsonSchema): string {
  const doc = comment([schema.about ?? schema.description ?? ''], '');
  if (schema.anyOf) return `${doc}export type ${name} = ${schema.anyOf.map(typeOf).join(' | ')};\n`;
  const fields = Object.entries(schema.properties ?? {}).map(([key, field]) => {
    const mark = isOptional(schema, key) ? '?' : '';
    return `${comment(docOf(field), '  ')}  readonly ${key}${mark}: ${typeOf(field)};\n`;
  });
  return `${doc}export interface ${name} {\n${fields.join('')}}\n`;
}

function docOf(field: JsonSchema): string[] {
  const { description = field.about ?? '', absent, default: usual } = field;
  if (absent !== undefined) return [description, `@default - ${absent}`];
  return usual === undefined ? [description] : [description, `@default ${literal(usual)}`];
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : JSON.stringify(value);

const WIDTH = 130;

/** A comment on one line, or on several where it is long. */
function comment(texts: readonly string[], indent: string): string {
  const one = `${indent}/** ${texts.join(' ')} */\n`;
  if (one.length <= WIDTH) return one;
  const lines = texts.flatMap((text, i) => [
    ...(i > 0 ? [''] : []),
    ...wrapped(text, WIDTH - indent.length - 3),
  ]);
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd() + '\n').join('')}${indent} */\n`;
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
