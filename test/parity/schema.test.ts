import { FACTOR_KINDS } from '../../lib/scale/kinds';
import { checkFactorList, checkManifest } from '../../lib/parity/schema';
import type { Manifest } from '../../lib/parity/manifest';
import { copy, errorOf, files, manifestOf, push, remove, sealed, set, type Edit } from './small-shop';

const { manifest } = manifestOf();
const DEFINITION = 'definitions.0';
const STACKS = `${DEFINITION}.pairs.0.stacks.0`;
const KINDS = FACTOR_KINDS.join(', ');

/** The shop's manifest with a change, its digest made again. */
const resealed = (edit: Edit): unknown => {
  const json = copy(manifest);
  edit(json);
  return sealed(json as unknown as Manifest, files());
};

describe('a twin.json', () => {
  it('that Twins wrote is accepted, with $schema or without', () => {
    expect(checkManifest(copy(manifest), 'twin.json')).toEqual(manifest);
    expect(() => checkManifest({ $schema: 'x', ...manifest }, 'twin.json')).not.toThrow();
  });

  it('is accepted with every kind of factor and every limit', () => {
    for (const kind of FACTOR_KINDS) {
      const factor = { kind, reason: 'fewer', min: 1, max: 9, step: 2 };
      const json = resealed(set(`${DEFINITION}.factors.webTasks`, factor));
      expect(() => checkManifest(json, 'twin.json')).not.toThrow();
    }
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'it must be object'],
    ['nothing', null, 'it must be object'],
    ['a text', 'x', 'it must be object'],
    ['an empty object', {}, "it must have required property 'version'"],
    ['an object with one key', { version: 2 }, "it must have required property 'definitions'"],
    ['of the version before', { ...manifest, version: 1 }, 'version is 1; allowed is 2'],
  ])('that is %s is refused', (_, json, problem) => {
    expect(errorOf(() => checkManifest(json, 'out/twin.json'))).toBe(
      `manifest: out/twin.json is not a twin.json of this version: ${problem}\n` +
        'Run cdk synth again: twin.json is written, never edited.',
    );
  });

  it.each<[string, Edit]>([
    ['version is 3; allowed is 2', set('version', 3)],
    ['it has an unknown key "more"', set('more', 1)],
    ["it must have required property 'templates'", remove('templates')],
    ["it must have required property 'digest'", remove('digest')],
    ['digest must match pattern "^[0-9a-f]{64}$"', set('digest', 'abc')],
    ['definitions must be array', set('definitions', {})],
    ["DEF must have required property 'environments'", remove(`${DEFINITION}.environments`)],
    ["DEF must have required property 'tried'", remove(`${DEFINITION}.tried`)],
    ['DEF has an unknown key "ignore"', set(`${DEFINITION}.ignore`, [])],
    ['DEF.pairs must be array', set(`${DEFINITION}.pairs`, {})],
    ['DEF.tried.0.webTasks must be number,string', set(`${DEFINITION}.tried.0.webTasks`, [])],
    [
      'DEF.derived.connections.from must NOT have fewer than 1 items',
      set(`${DEFINITION}.derived.connections.from`, []),
    ],
    [
      `DEF.factors.webTasks.kind is "switch"; allowed are ${KINDS}`,
      set(`${DEFINITION}.factors.webTasks.kind`, 'switch'),
    ],
    [
      "DEF.factors.webTasks must have required property 'reason'",
      remove(`${DEFINITION}.factors.webTasks.reason`),
    ],
    [
      'DEF.factors.webTasks.reason must match pattern "\\S"',
      set(`${DEFINITION}.factors.webTasks.reason`, ' '),
    ],
    ['DEF.factors.webTasks.max must be integer', set(`${DEFINITION}.factors.webTasks.max`, 1.5)],
    ['DEF.factors.webTasks has an unknown key "ignore"', set(`${DEFINITION}.factors.webTasks.ignore`, true)],
    [
      'DEF.environments.Prod.role is "other"; allowed are production, staging',
      set(`${DEFINITION}.environments.Prod.role`, 'other'),
    ],
    ['DEF.environments.Prod.scale must be object', set(`${DEFINITION}.environments.Prod.scale`, 1)],
    [
      'DEF.environments.Prod.expressions.webTasks must be number,string',
      set(`${DEFINITION}.environments.Prod.expressions.webTasks`, true),
    ],
    ['DEF.environments.Prod.names.name must be string', set(`${DEFINITION}.environments.Prod.names.name`, 1)],
    [
      "DEF.environments.Prod must have required property 'declared'",
      remove(`${DEFINITION}.environments.Prod.declared`),
    ],
    [
      'DEF.environments.Prod.proportions.0.value must be number',
      set(`${DEFINITION}.environments.Prod.proportions.0.value`, null),
    ],
    ['DEF.pairs.0.stacks must NOT have fewer than 1 items', set(`${DEFINITION}.pairs.0.stacks`, [])],
    ["STACKS must have required property 'members'", remove(`${STACKS}.members`)],
    ["STACKS must have required property 'ids'", remove(`${STACKS}.ids`)],
    ['STACKS.ids.0.prod must be string', set(`${STACKS}.ids.0.prod`, 1)],
    ['STACKS.generated.0 has an unknown key "any"', set(`${STACKS}.generated.0.any`, true)],
    ["STACKS.keys.0 must have required property 'text'", remove(`${STACKS}.keys.0.text`)],
    ['STACKS.members.0.prod.0 must be string,integer', set(`${STACKS}.members.0.prod.0`, null)],
    ['STACKS.members.0.count must be string', set(`${STACKS}.members.0.count`, 3)],
    ['STACKS.members.4.isSeparator is false; allowed is true', set(`${STACKS}.members.4.isSeparator`, false)],
    [
      'STACKS.places.0.by is "ignore"; allowed are scale, lifecycle, naming, declared',
      set(`${STACKS}.places.0.by`, 'ignore'),
    ],
    ['STACKS.places.0.path.0 must be string,integer', set(`${STACKS}.places.0.path.0`, null)],
    [`STACKS.refused.0 must have required property 'path'`, push(`${STACKS}.refused`, {})],
    ['templates.x must match pattern "^[0-9a-f]{64}$"', set('templates.x', 'abc')],
  ])('with a fault is refused: %s', (problem, edit) => {
    const json = copy(manifest);
    edit(json);
    const words = problem.replace('STACKS', STACKS).replace('DEF', DEFINITION);
    expect(errorOf(() => checkManifest(json, 'twin.json')).split('\n')[0]).toBe(
      `manifest: twin.json is not a twin.json of this version: ${words}`,
    );
  });

  it.each<[string, Edit]>([
    ['a value', set(`${DEFINITION}.environments.Staging.scale.webTasks`, 3)],
    ['a place', push(`${STACKS}.places`, { path: ['Description'], by: 'naming', factor: 'name', text: 'x' })],
    ['a text', set(`${STACKS}.places.0.text`, '${name}')],
    ['a refusal taken out', set(`${STACKS}.refused`, [])],
    ['a note', push(`${DEFINITION}.notes`, 'nothing to see')],
    ["a template's digest", set(['templates', 'Prod.template.json'], 'a'.repeat(64))],
    ['another template', set(['templates', 'More.template.json'], 'a'.repeat(64))],
    ['what the assembly deploys', set(['assembly', 'artifacts', 'manifest.json#Prod'], 'a'.repeat(64))],
    ['what an asset holds', set(['assembly', 'assets', 'asset.1'], 'a'.repeat(64))],
  ])('changed after it was written is refused: %s', (what, edit) => {
    const json = what.startsWith('a refusal')
      ? (resealed(push(`${STACKS}.refused`, { path: ['Description'], why: 'x', fix: 'y' })) as never)
      : copy(manifest);
    edit(json);
    expect(errorOf(() => checkManifest(json, 'twin.json'))).toBe(
      'manifest: twin.json was changed after it was written: its digest is that of another one\n' +
        'Run cdk synth again: twin.json is written, never edited.',
    );
  });

  it('is the same with its keys in another order', () => {
    const { digest, assembly, templates, definitions, version } = manifest;
    const other = { digest, assembly, templates, definitions, version };
    expect(() => checkManifest(other, 'twin.json')).not.toThrow();
  });
});

describe('a whitelist', () => {
  const factor = {
    kind: 'count',
    reason: 'fewer will do',
    type: 'AWS::ECS::Service',
    path: 'Properties.DesiredCount',
  };
  const list = {
    version: 1,
    ephemeral: true,
    names: { prod: 'Prod', staging: 'Staging' },
    factors: [
      { name: 'web', ...factor },
      { kind: 'replicas', reason: 'fewer', id: 'Reader', path: ['Properties', 'List', 0] },
      { kind: 'replicas', reason: 'fewer', type: 'AWS::RDS::DBInstance' },
    ],
  };

  it('with every key is accepted, and one without any factors', () => {
    expect(checkFactorList(copy(list), 'w.json')).toEqual(list);
    expect(() => checkFactorList({ $schema: 'x', version: 1, factors: [] }, 'w.json')).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'it must be object'],
    ['an empty object', {}, "it must have required property 'version'"],
  ])('that is %s is refused', (_, json, problem) => {
    expect(errorOf(() => checkFactorList(json, 'w.json'))).toBe(
      `whitelist: w.json is not a whitelist: ${problem}\nCorrect it; the schema is cdk-twin/schema/whitelist.json.`,
    );
  });

  it.each<[string, Edit]>([
    ['version is "1"; allowed is 1', set('version', '1')],
    ['it has an unknown key "ignore"', set('ignore', [])],
    ['factors must be array', set('factors', {})],
    ['factors.0 needs either a type or an id, and a path that is a text or a list', set('factors.0', 'web')],
    [`factors.0.kind is "size"; allowed are ${KINDS}`, set('factors.0.kind', 'size')],
    ["factors.0 must have required property 'kind'", remove('factors.0.kind')],
    ["factors.0 must have required property 'reason'", remove('factors.0.reason')],
    ['factors.0.name must be string', set('factors.0.name', 1)],
    ['factors.0.type must match pattern "::"', set('factors.0.type', 'Service')],
    ["factors.0 must have required property 'type'", remove('factors.0.type')],
    [
      'factors.0 needs either a type or an id, and a path that is a text or a list',
      set('factors.0.id', 'Web'),
    ],
    ['factors.1.id must NOT have fewer than 1 characters', set('factors.1.id', '')],
    ['factors.0.path must be string', set('factors.0.path', 1)],
    ['factors.0.path must NOT have fewer than 1 characters', set('factors.0.path', '')],
    ['factors.0 has an unknown key "max"', set('factors.0.max', 1)],
    ['ephemeral must be boolean', set('ephemeral', 'yes')],
    ["names must have required property 'staging'", remove('names.staging')],
    ['names.prod must NOT have fewer than 1 characters', set('names.prod', '')],
    ['names has an unknown key "other"', set('names.other', 'x')],
  ])('with a fault is refused: %s', (problem, edit) => {
    const json = copy(list);
    edit(json);
    expect(errorOf(() => checkFactorList(json, 'w.json')).split('\n')[0]).toBe(
      `whitelist: w.json is not a whitelist: ${problem}`,
    );
  });
});
