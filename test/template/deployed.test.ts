import type { JsonObject } from '../../lib/json';
import { asDeployed } from '../../lib/template/deployed';
import { valuesOf } from '../../lib/template/parameters';

const TEMPLATE: JsonObject = {
  Parameters: {
    Env: { Type: 'String', Default: 'test' },
    Readers: { Type: 'Number', Default: 1 },
    Secret: { Type: 'String', NoEcho: true },
    Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/images/latest' },
    Only: { Type: 'String', AllowedValues: ['valkey'] },
  },
  Mappings: {
    Sizes: { prod: { class: 'r7g.large' }, test: { class: 't4g.small' } },
    Unused: { a: { b: 'c' } },
  },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] },
    IsNot: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Unused: { 'Fn::Equals': ['a', 'b'] },
  },
  Resources: {
    Reader: { Type: 'AWS::RDS::DBInstance', Condition: 'IsProd' },
    Cache: {
      Type: 'AWS::ElastiCache::ReplicationGroup',
      Properties: {
        Engine: { Ref: 'Only' },
        CacheNodeType: { 'Fn::FindInMap': ['Sizes', { Ref: 'Env' }, 'class'] },
        Replicas: { Ref: 'Readers' },
        Name: { 'Fn::Sub': '${Env}-${AWS::Region}-${!Env}' },
        Token: { Ref: 'Secret' },
        Image: { Ref: 'Image' },
        Snapshots: { 'Fn::If': ['IsNot', { Ref: 'AWS::NoValue' }, 7] },
        List: ['a', { 'Fn::If': ['IsProd', 'b', { Ref: 'AWS::NoValue' }] }],
      },
    },
  },
  Outputs: { Url: { Condition: 'IsNot', Value: 'a' } },
};

const deployed = (given?: Record<string, string>): JsonObject => {
  const values = given && new Map(Object.entries(given));
  return asDeployed(TEMPLATE, { parameters: valuesOf(TEMPLATE, values) }, values);
};
const cache = (template: JsonObject) =>
  (template['Resources'] as Record<string, JsonObject>)['Cache']!['Properties'];

it('is what is left when conditions, look-ups and parameters have been decided', () => {
  const template = deployed({ Env: 'prod', Readers: '3', Secret: 'xyzzy', Image: '/images/a' });
  expect(template).toMatchObject({
    Resources: { Reader: { Type: 'AWS::RDS::DBInstance' } },
    Outputs: {},
    // what everything has been decided by is gone; what decides nothing stays
    Mappings: { Unused: { a: { b: 'c' } } },
    Conditions: { Unused: { 'Fn::Equals': ['a', 'b'] } },
  });
  expect((template['Resources'] as JsonObject)['Reader']).not.toHaveProperty('Condition');
  expect(cache(template)).toEqual({
    Engine: 'valkey',
    CacheNodeType: 'r7g.large',
    Replicas: '3',
    Name: { 'Fn::Sub': 'prod-${AWS::Region}-${!Env}' },
    Token: { Ref: 'Secret' }, // a secret is written nowhere
    Image: { Ref: 'Image' },
    Snapshots: 7,
    List: ['a', 'b'],
  });
  expect(JSON.stringify(template)).not.toContain('xyzzy');
  expect(template['Parameters']).toMatchObject({ Image: { Default: '/images/a' }, Env: { Type: 'String' } });
  expect((template['Parameters'] as JsonObject)['Env']).not.toHaveProperty('Default');
});

it('leaves out what is behind a condition that does not hold', () => {
  const template = deployed({});
  expect(Object.keys(template['Resources'] as JsonObject)).toEqual(['Cache']);
  expect(cache(template)).toMatchObject({ CacheNodeType: 't4g.small', Replicas: '1', List: ['a'] });
  expect(cache(template)).not.toHaveProperty('Snapshots');
  expect(template['Outputs']).toEqual({ Url: { Value: 'a' } });
});

it('leaves out what the template that it is compared with has settled, and keeps what neither of them uses', () => {
  const { Resources: _resources, ...without } = TEMPLATE;
  const facts = { parameters: valuesOf(TEMPLATE, new Map([['Env', 'test']])) };
  const few = { ...without, Resources: {}, Outputs: {} };
  const kept = (other?: JsonObject) => {
    const { Conditions, Mappings } = asDeployed(few, facts, undefined, other);
    return [Object.keys(Conditions!), Object.keys(Mappings!)];
  };
  expect(kept()).toEqual([
    ['IsProd', 'IsNot', 'Unused'],
    ['Sizes', 'Unused'],
  ]);
  expect(kept(TEMPLATE)).toEqual([['Unused'], ['Unused']]);
});

it('decides nothing by what CloudFormation refuses', () => {
  const madeWith = (IsProd: JsonObject) => {
    const template = { ...TEMPLATE, Conditions: { ...(TEMPLATE['Conditions'] as JsonObject), IsProd } };
    const { Resources: made } = asDeployed(template, { parameters: new Map([['Env', 'test']]) });
    return Object.keys(made as JsonObject);
  };
  const equals = [{ Ref: 'Env' }, 'prod'];
  expect(madeWith({ 'Fn::Equals': equals })).toEqual(['Cache']);
  const all: readonly JsonObject[] = [
    { 'Fn::Equals': [...equals, 'test'] },
    { 'Fn::Equals': equals, More: 'b' },
    { 'Fn::Not': [{ 'Fn::Equals': equals }, { 'Fn::Equals': equals }] },
    {},
  ];
  for (const refused of all) expect(madeWith(refused)).toEqual(['Reader', 'Cache']);
});

it('is what is written as far as nothing is known, and leaves the template as it was', () => {
  const before = structuredClone(TEMPLATE);
  const template = deployed();
  expect(TEMPLATE).toEqual(before);
  expect(template['Resources']).toMatchObject({ Reader: { Condition: 'IsProd' } });
  expect(cache(template)).toEqual({
    ...(cache(TEMPLATE) as JsonObject),
    Engine: 'valkey', // the one value that it may have
  });
  expect(template['Conditions']).toEqual(TEMPLATE['Conditions']);
  expect(template['Parameters']).toEqual(TEMPLATE['Parameters']);
});

it('writes a value into the text of Fn::Sub as it is', () => {
  const template = {
    Parameters: { A: { Type: 'String' } },
    Resources: {
      Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${A}-${AWS::StackName}' } } },
    },
  };
  const given = new Map([['A', '${B}']]);
  expect(asDeployed(template, { parameters: valuesOf(template, given) }, given)['Resources']).toEqual({
    Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${!B}-${AWS::StackName}' } } },
  });
});
