import { checkFactorList, checkManifest } from '../../lib/parity/schema';
import { copy, errorOf, manifestOf, push, remove, set, type Edit } from './small-shop';

const { manifest } = manifestOf();
const STACKS = 'pairs.0.stacks.0';
const KINDS =
  'count, replicas, shards, instanceClass, cacheNode, fargateSize, autoscalingRange, capacityRange';

describe('a twin.json', () => {
  it('that Twins wrote is accepted, with $schema or without', () => {
    expect(checkManifest(copy(manifest), 'twin.json')).toEqual(manifest);
    expect(() => checkManifest({ $schema: 'x', ...manifest }, 'twin.json')).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'it must be object'],
    ['nothing', null, 'it must be object'],
    ['a text', 'x', 'it must be object'],
    ['an empty object', {}, "it must have required property 'version'"],
    ['an object with one key', { version: 1 }, "it must have required property 'factors'"],
  ])('that is %s is refused', (_, json, problem) => {
    expect(errorOf(() => checkManifest(json, 'out/twin.json'))).toBe(
      `manifest: out/twin.json is not a twin.json of this version: ${problem}\n` +
        'Run cdk synth again: twin.json is written, never edited.',
    );
  });

  it.each<[string, Edit]>([
    ['version is 2; allowed is 1', set('version', 2)],
    ['it has an unknown key "more"', set('more', 1)],
    ["it must have required property 'environments'", remove('environments')],
    ['pairs must be array', set('pairs', {})],
    [`factors.webTasks.kind is "switch"; allowed are ${KINDS}`, set('factors.webTasks.kind', 'switch')],
    ["factors.webTasks must have required property 'reason'", remove('factors.webTasks.reason')],
    ['factors.webTasks.reason must match pattern "\\S"', set('factors.webTasks.reason', ' ')],
    ['factors.webTasks.max must be integer', set('factors.webTasks.max', 1.5)],
    ['factors.webTasks has an unknown key "ignore"', set('factors.webTasks.ignore', true)],
    [
      'environments.Prod.role is "other"; allowed are production, staging',
      set('environments.Prod.role', 'other'),
    ],
    ['environments.Prod.scale must be object', set('environments.Prod.scale', 1)],
    [
      'environments.Prod.expressions.webTasks.value must be number,string',
      set('environments.Prod.expressions.webTasks.value', true),
    ],
    [
      'environments.Prod.proportions.0.value must be number',
      set('environments.Prod.proportions.0.value', null),
    ],
    ['pairs.0.stacks must NOT have fewer than 1 items', set('pairs.0.stacks', [])],
    ["pairs.0.stacks.0 must have required property 'groups'", remove(`${STACKS}.groups`)],
    ["pairs.0.stacks.0 must have required property 'renamed'", remove(`${STACKS}.renamed`)],
    ['pairs.0.stacks.0.names.prod.Prod must be string', set(`${STACKS}.names.prod.Prod`, 1)],
    ['pairs.0.stacks.0.groups.0.members.0.0 must be string', set(`${STACKS}.groups.0.members.0.0`, 1)],
    [
      'pairs.0.stacks.0.places.0.by is "ignore"; allowed are scale, life, identity',
      set(`${STACKS}.places.0.by`, 'ignore'),
    ],
    ['pairs.0.stacks.0.places.0.path.1 must be string,integer', set(`${STACKS}.places.0.path.1`, null)],
    [`pairs.0.stacks.0.broken.0 must have required property 'path'`, push(`${STACKS}.broken`, {})],
  ])('with a fault is refused: %s', (problem, edit) => {
    const json = copy(manifest);
    edit(json);
    expect(errorOf(() => checkManifest(json, 'twin.json')).split('\n')[0]).toBe(
      `manifest: twin.json is not a twin.json of this version: ${problem}`,
    );
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
    ['factors.0.reason must NOT have fewer than 1 characters', set('factors.0.reason', '')],
    ['factors.0.reason must match pattern "\\S"', set('factors.0.reason', '  ')],
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
