import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import type { JsonSchema } from '../../lib/config/json-schema';
import { readConfig } from '../../lib/config/read';
import { jsonSchema } from '../../lib/config/schema';
import { GATES } from '../../lib/rehearsal/gates/registry';
import { configFiles } from '../../scripts/config/files';
import { EVERY_KEY, FEWEST_KEYS } from './sample-config';

/** What the script writes, as prettier leaves it. */
function written(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  try {
    for (const [file, text] of configFiles()) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const prettier = resolve('node_modules/prettier/bin/prettier.cjs');
    const config = resolve('.prettierrc.json');
    execFileSync(process.execPath, [prettier, '--config', config, '--write', '.'], { cwd: folder });
    return Object.fromEntries(
      [...configFiles().keys()].map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('what is generated from the schema is there as the script writes it: run `npm run config` when it is not', () => {
  const there = [...configFiles().keys()].map((file) => [file, readFileSync(file, 'utf8')]);
  expect(Object.fromEntries(there)).toEqual(written());
});

/** Every key, with its schema, by its path. */
function fieldsIn(schema: JsonSchema, path = ''): (readonly [string, JsonSchema])[] {
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, field]) => [
      [`${path}${key}`, field] as const,
      ...fieldsIn(field, `${path}${key}.`),
    ]),
    ...(schema.anyOf ?? []).flatMap((form) => fieldsIn(form, path)),
    ...(schema.items ? fieldsIn(schema.items, path) : []),
    ...(schema.additionalProperties ? fieldsIn(schema.additionalProperties, path) : []),
  ];
}

describe('every key', () => {
  const schema = jsonSchema();

  it('is documented by a sentence', () => {
    const fields = fieldsIn(schema);
    expect(fields.length).toBeGreaterThan(80);
    const silent = fields.filter(([, field]) => !/^[A-Z].*\.$/s.test(field.description ?? field.about ?? ''));
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  it('that may be left out says what is taken in its place', () => {
    const open = (part: JsonSchema): string[] => [
      ...Object.entries(part.properties ?? {}).flatMap(([key, field]) =>
        part.required?.includes(key) || field.absent !== undefined || field.default !== undefined
          ? []
          : [key],
      ),
      ...Object.values(part.properties ?? {}).flatMap(open),
      ...(part.anyOf ?? []).flatMap(open),
      ...(part.items ? open(part.items) : []),
      ...(part.additionalProperties ? open(part.additionalProperties) : []),
    ];
    expect(open(schema)).toEqual([]);
  });

  it('is in the reference', () => {
    const page = readFileSync('docs/config.md', 'utf8');
    const missing = fieldsIn(schema).filter(
      ([path]) => !page.includes(`| \`${basename(path.replaceAll('.', '/'))}\` `),
    );
    expect(missing).toEqual([]);
  });
});

describe('the schema for editors', () => {
  const schema = JSON.parse(readFileSync('schema/twin.config.json', 'utf8')) as object;
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

  it('accepts what is accepted', () => {
    for (const config of [EVERY_KEY, FEWEST_KEYS])
      expect([validate(config), validate.errors]).toEqual([true, null]);
    const data = { scrub: { image: 'scrub:1' } };
    for (const more of [
      { version: { Web: { path: '/v', text: true }, Api: { path: '/', header: 'x-release' } } },
      { releases: { folder: '../{release}' } },
      { aws: { seed: { kmsKeyArn: 'arn', data } } },
    ])
      expect([validate({ ...FEWEST_KEYS, ...more }), validate.errors]).toEqual([true, null]);
  });

  it.each<[object]>([
    [{ baseline: '' }],
    [{ checks: { smoek: [] } }],
    [{ checks: { smoke: [{ name: 'home', path: 'home' }] } }],
    [{ checks: { load: [{ name: 'home', path: '/', method: 'post' }] } }],
    [{ gates: { maxMinutes: '20' } }],
    [{ gates: { maxErrorRateIncrease: 5 } }],
    [{ gates: { p95: {} } }],
    [{ version: { path: '/v' } }],
    [{ version: { path: '/v', json: 'a', text: true } }],
    [{ releases: { folder: '../{release}', build: 'make' } }],
    [{ local: { services: { Web: 'node' } } }],
  ])('refuses what is refused: %j', (more) => {
    const config = { ...FEWEST_KEYS, ...more };
    const problems: string[] = [];
    readConfig(config, (problem) => problems.push(problem));
    expect(problems).not.toEqual([]);
    expect(validate(config)).toBe(false);
  });
});

it('gates have a name and a key of their own each', () => {
  for (const values of [GATES.map(({ name }) => name), GATES.map(({ key }) => key)])
    expect(new Set(values).size).toBe(GATES.length);
});
