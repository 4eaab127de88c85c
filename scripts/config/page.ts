import { expectedOf, type JsonSchema } from '../../lib/config/json-schema';
import { GATES } from '../../lib/rehearsal/gates/registry';
import { isOptional } from './describe';

const INTRO = `# Reference of twin.config.ts

Written by \`npm run config\` from the schema. [Rehearsing a release](rehearsing.md#the-config) shows a whole config.

The file is \`twin.config.ts\` beside \`cdk.json\`, or ends in \`.mts\`, \`.mjs\`, \`.js\`, \`.cjs\` or \`.json\`. It exports the config by default, as
\`export default defineRehearsal({ ... })\` with \`defineRehearsal\` of \`cdk-twin/rehearsal\`, so that an editor completes its keys. A config in
JSON names the schema for that: \`"$schema": "./node_modules/cdk-twin/schema/twin.config.json"\`.

An unknown key, a value that is not allowed, a name that is no tier and a gate with nothing to judge are errors, all of them at once, before
anything stands up (exit code 2). A tier's name is the first part of its construct's path.
`;

/** A part of the reference: an object, or the forms that it may have. */
interface Section {
  /** Such as `checks.smoke`; empty for the whole. */
  readonly path: string;
  readonly schema: JsonSchema;
}

/** The reference of every key. */
export function configPage(schema: JsonSchema): string {
  const all = new Map<string, Section>();
  collect({ path: '', schema }, all);
  return [INTRO, ...[...all.values()].map((section) => sectionText(section, all))].join('\n');
}

/** Every object with a name, once, in the order of its first place. */
function collect(section: Section, all: Map<string, Section>): void {
  const { path, schema } = section;
  if (schema.name !== undefined && !all.has(schema.name)) all.set(schema.name, section);
  const inside = (key: string): string => (path === '' ? key : `${path}.${key}`);
  for (const [key, field] of Object.entries(schema.properties ?? {}))
    collect({ path: inside(key), schema: field }, all);
  for (const form of schema.anyOf ?? []) collect({ path, schema: form }, all);
  if (schema.items) collect({ path, schema: schema.items }, all);
  if (schema.additionalProperties) collect({ path, schema: schema.additionalProperties }, all);
}

function sectionText({ path, schema }: Section, all: ReadonlyMap<string, Section>): string {
  const { about = schema.description ?? '', name = '' } = schema;
  const heading = path === '' ? `## ${name}` : `## ${name}: ${path}`;
  if (schema.anyOf) {
    const forms = schema.anyOf.map((form) => `- ${takes(form, all)}`);
    return [heading, '', `${about} One of:`, '', ...forms, ''].join('\n');
  }
  const rows = Object.entries(schema.properties ?? {}).map(([key, field]) =>
    row([`\`${key}\``, takes(field, all), usual(schema, key, field), sentences(path, key, field)]),
  );
  return [
    heading,
    '',
    about,
    '',
    row(['key', 'takes', 'default', '']),
    '| - | - | - | - |',
    ...rows,
    '',
  ].join('\n');
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((it) => it.replaceAll('|', '\\|')).join(' | ')} |`;

/** What a value is, in words, with a link to an object's own section. */
function takes(schema: JsonSchema, all: ReadonlyMap<string, Section>): string {
  const section = schema.name === undefined ? undefined : all.get(schema.name);
  if (section) return `[${schema.name}](#${anchorOf(section)})`;
  if (schema.items) return `a list, each ${takes(schema.items, all)}`;
  if (schema.additionalProperties)
    return `an object, for each name ${takes(schema.additionalProperties, all)}`;
  return schema.enum ? schema.enum.map((it) => `\`${it}\``).join(', ') : expectedOf(schema);
}

/** As GitHub makes it of a heading. */
const anchorOf = ({ path, schema: { name = '' } }: Section): string =>
  `${name}${path === '' ? '' : `-${path}`}`.toLowerCase().replaceAll(/[^a-z0-9-]/g, '');

function usual(parent: JsonSchema, key: string, { absent, default: value }: JsonSchema): string {
  if (!isOptional(parent, key)) return '**needed**';
  return absent ?? `\`${JSON.stringify(value)}\``;
}

/** What documents a key; of a gate also what the registry knows. */
function sentences(path: string, key: string, field: JsonSchema): string {
  const { description = field.about ?? '' } = field;
  const gate = path === 'gates' ? GATES.find((it) => it.key === key) : undefined;
  if (!gate) return description;
  const { name, needs = [], isAssumed } = gate;
  const places = needs
    .map((it) => `${it.length === 1 ? '' : 'an entry in '}\`${it.join('.')}\``)
    .join(' or ');
  return [
    description,
    ...(places === '' ? [] : [`Where it is set, it needs ${places}.`]),
    ...(isAssumed && places === '' ? ['Where nothing can be seen of it, it fails if it is set.'] : []),
    `In reports: ${name}.`,
  ].join(' ');
}
