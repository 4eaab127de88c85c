import { App, Names, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { illegalNames, illegalWord } from '../../lib/parity/illegal-names';
import type { ManifestEnvironment } from '../../lib/parity/manifest';

const environment = (
  names: ManifestEnvironment['names'],
  declared: ManifestEnvironment['declared'] = {},
) => ({
  role: 'staging' as const,
  scale: {},
  expressions: {},
  names,
  declared,
  proportions: [],
});

const illegal = (names: ManifestEnvironment['names'], declared = {}, other = declared) =>
  Object.fromEntries(
    illegalNames('StagingEphemeral', environment(names, declared), environment({}, other), []),
  );

const NAME = { name: 'StagingEphemeral' };

it('every spelling of a name is one, and where an environment is', () => {
  const spelt = {
    ...NAME,
    'name.lower': 'stagingephemeral',
    'name.upper': 'STAGINGEPHEMERAL',
    'name.plain': 'StagingEphemeral',
    'name.plain.lower': 'stagingephemeral',
    'name.plain.upper': 'STAGINGEPHEMERAL',
    'name.kebab': 'staging-ephemeral',
    'name.snake': 'staging_ephemeral',
    stackName: 'shop-staging',
    'stackName.plain': 'shopstaging',
    'stackName.Web': 'web',
    'stackName.Web.upper': 'WEB',
    'stackName.Data-Base': 'db',
    'stackName.lower': 'shop-staging',
    account: '111111111111',
    region: 'us-gov-west-1',
    'region.fact-elbv2Account': '048591011584',
    'region.zone-3': 'us-gov-west-1c',
    'region.lookup-vpc-provider-vpcId': 'vpc-0123456789abcdef0',
    'region.lookup-hosted-zone-Id': 'Z0123456789ABC',
  };
  expect(illegal(spelt)).toEqual({});
});

it('a stack may be called like a spelling', () => {
  expect(illegal({ ...NAME, 'stackName.lower': 'lowest', 'stackName.lower.upper': 'LOWEST' })).toEqual({});
});

it.each<[string, Record<string, string>, string]>([
  ['name', { name: 'Staging' }, 'name of StagingEphemeral is "Staging", which is not what it is called'],
  [
    'name.lower',
    { ...NAME, 'name.lower': 'spot' },
    'name.lower of StagingEphemeral is "spot", which is no spelling of "StagingEphemeral"',
  ],
  ['name.lower', { 'name.lower': 'spot' }, 'name.lower of StagingEphemeral is no name of an environment'],
  [
    'stackName.Web.kebab',
    { 'stackName.Web': 'web', 'stackName.Web.kebab': 'api' },
    'stackName.Web.kebab of StagingEphemeral is "api", which is no spelling of "web"',
  ],
  ['type', { type: 'EC2' }, 'type of StagingEphemeral is no name of an environment'],
  ['names', { names: 'EC2' }, 'names of StagingEphemeral is no name of an environment'],
  ['generated.0', { 'generated.0': 'EC2' }, 'generated.0 of StagingEphemeral is no name of an environment'],
  ['account', { account: 'EC2' }, 'account of StagingEphemeral is "EC2", which is no account'],
  [
    'region.fact-a',
    { 'region.fact-a': 'FARGATE' },
    `region.fact-a of StagingEphemeral is "FARGATE", which is nothing of a region's`,
  ],
  [
    'region.fact-a',
    { 'region.fact-a': '14' },
    `region.fact-a of StagingEphemeral is "14", which is nothing of a region's`,
  ],
  [
    'region.zone-1',
    { region: 'eu-west-1', 'region.zone-1': 'us-east-1a' },
    `region.zone-1 of StagingEphemeral is "us-east-1a", which is nothing of a region's`,
  ],
  [
    'region.zone-1',
    { 'region.zone-1': 'us-east-1a' },
    `region.zone-1 of StagingEphemeral is "us-east-1a", which is nothing of a region's`,
  ],
  [
    'region.lookup-ami',
    { 'region.lookup-ami': 'ami-0123456789abcdef0' },
    `region.lookup-ami of StagingEphemeral is "ami-0123456789abcdef0", which is nothing of a region's`,
  ],
  ['region', { region: 'gp3' }, 'region of StagingEphemeral is "gp3", which is no region'],
])('%s is none of %j', (key, names, why) => {
  expect(illegal(names)).toEqual({ [key]: why });
});

it('tags and descriptions are given to both', () => {
  const declared = { 'tag.team': 'x', description: 'The shop' };
  expect(illegal(NAME, declared)).toEqual({});
  expect(illegal(NAME, declared, { description: 'y' })).toEqual({
    'tag.team': 'tag.team of StagingEphemeral is given to one of the two alone',
  });
  expect(illegal(NAME, { type: 'EC2' })).toEqual({
    type: 'type of StagingEphemeral is neither a tag nor a description nor a stand-in',
  });
});

it.each<[string, string, boolean]>([
  ['1A2B3C4D', '5E6F7A8B', true],
  ['a'.repeat(64), 'b'.repeat(64), true],
  ['12345678', '87654321', true],
  ['12345678', '8765432A', true],
  ['shopProd', 'shopStaging', true],
  ['ShopProdOrd', 'ShopStaging', true],
  ['FARGATE', 'EC2', false],
  ['1A2B3C4D', '5E6F7A8B9', false],
  ['ProdLarge', 'StagingSmall', true],
  ['ProdOrdersOfTheShop', 'StagingOrdersOfThe', true], // cut to 18 in its middle, where 19 are allowed
  ['ProdOrdersOfTheShop', 'StagingOrders', false],
  ['ProdOrders', 'StagingOrdersOfTheShop', false],
  ['OrdersOfTheShop', 'OrdersOfTheStor', true],
  ['OrdersOfTheShop', 'OrdersOfTheStore', false],
  ['6', '2', false],
  ['600', '200', false],
  ['111111111111', '222222222222', false],
  ['', '', false],
  ['a-b', 'c-d', false],
  ['1.5', '2.5', false],
])('%j and %j may be generated: %j', (prod, staging, may) => {
  const [p, s] = [environment({ name: 'Prod' }), environment({ name: 'Staging' })];
  const why = illegalWord({ prod, staging }, p, s);
  expect(why).toBe(
    may ? undefined : `"${prod}" and "${staging}" are not of the length and kind of generated words`,
  );
});

it('names that the CDK cuts to a length may be generated, cut on both sides, on one or on none', () => {
  const [prod, staging] = ['Prod', 'Staging-Ephemeral'].map((id) => new Stack(new App(), id));
  const [p, s] = [prod!, staging!].map(({ node: { id } }) => environment({ name: id }));
  for (let length = 10; length < 60; length++) {
    const [ofProd, ofStaging] = [prod!, staging!].map((stack) => {
      const parent = new Construct(stack, 'x'.repeat(length - 6));
      const called = Names.uniqueResourceName(new Construct(parent, 'Access'), { maxLength: 64 });
      parent.node.tryRemoveChild('Access');
      stack.node.tryRemoveChild(parent.node.id);
      return called;
    });
    expect(illegalWord({ prod: ofProd!, staging: ofStaging! }, p!, s!)).toBeUndefined();
  }
});

it('words of environments without names have one length', () => {
  const nameless = environment({});
  expect(illegalWord({ prod: 'abc', staging: 'xyz' }, nameless, nameless)).toBeUndefined();
  expect(illegalWord({ prod: 'abc', staging: 'wxyz' }, nameless, nameless)).toBeDefined();
});

describe('a stand-in', () => {
  const REAL = 'api.pay.example.com';
  const judged = (prod: string, staging: string, outside: Parameters<typeof illegalNames>[3]) => [
    ...illegalNames(
      'StagingEphemeral',
      environment(NAME, { 'standIn.0': staging }),
      environment(NAME, { 'standIn.0': prod }),
      outside,
    ).keys(),
  ];
  const entry = { host: REAL, standIn: 'pay.acme.io', reason: 'no cards' };

  it('stands for what the staging names, and for nothing else', () => {
    expect(judged(REAL, 'pay.acme.io', [entry])).toEqual([]);
    expect(judged(REAL, REAL, [entry])).toEqual([]);
    expect(judged(REAL, 'pay.acme.io', [])).toEqual(['standIn.0']);
    expect(judged('other.example.com', 'pay.acme.io', [entry])).toEqual(['standIn.0']);
  });

  it('is none for an ordinary word, which would be a switch', () => {
    expect(judged('true', 'false', [{ id: 'true', standIn: 'false', reason: 'x' }])).toEqual(['standIn.0']);
  });
});
