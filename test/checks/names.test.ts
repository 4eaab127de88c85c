import { givenNames, namedStack, sharedNames, type StackEnv } from '../../lib/checks/names';
import type { Json, JsonObject } from '../../lib/json';

const templateOf = (Type: string, Properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  Resources: { It: { Type, Properties } },
  ...more,
});

describe('a name that both environments give', () => {
  const HOME: StackEnv = { account: '111111111111', region: 'eu-west-1' };
  const REGION: StackEnv = { account: '111111111111', region: 'us-east-1' };
  const ACCOUNT: StackEnv = { account: '222222222222', region: 'eu-west-1' };
  const BUCKET = templateOf('AWS::S3::Bucket', { BucketName: 'acme-assets' });
  const ROLE = templateOf('AWS::IAM::Role', { RoleName: 'shop' });
  const TABLE = templateOf('AWS::DynamoDB::Table', { TableName: 'orders' });
  const DOMAIN = templateOf('AWS::Cognito::UserPoolDomain', {
    Domain: 'acme-shop',
    UserPoolId: { Ref: 'It' },
  });

  it.each<[what: string, template: JsonObject, env: StackEnv, isShared: boolean]>([
    ['a bucket in one place', BUCKET, HOME, true],
    ['a bucket in another account', BUCKET, ACCOUNT, true],
    ['a domain in another account', DOMAIN, ACCOUNT, true],
    ['a role in another region', ROLE, REGION, true],
    ['a role in another account', ROLE, ACCOUNT, false],
    ['a table in one place', TABLE, HOME, true],
    ['a table in a place that nobody knows', TABLE, {}, true],
    ['a table in another region', TABLE, REGION, false],
  ])('is of %s', (_, template, env, isShared) => {
    const found = sharedNames({ template, env }, [namedStack({ template, env: HOME })]);
    expect(found.map(({ logicalId }) => logicalId)).toEqual(isShared ? ['It'] : []);
  });

  it('is another one for another type, another bus or another scope of a firewall', () => {
    const shared = (a: JsonObject, b: JsonObject) =>
      sharedNames({ template: a, env: HOME }, [namedStack({ template: b, env: HOME })]).length;
    expect(shared(templateOf('AWS::SQS::Queue', { QueueName: 'orders' }), TABLE)).toBe(0);
    const rule = (more: JsonObject) => templateOf('AWS::Events::Rule', { Name: 'hourly', ...more });
    expect(shared(rule({}), rule({}))).toBe(1);
    expect(shared(rule({}), rule({ EventBusName: 'orders' }))).toBe(0);
    const acl = (Scope: string) => templateOf('AWS::WAFv2::WebACL', { Name: 'edge', Scope });
    expect(shared(acl('REGIONAL'), acl('REGIONAL'))).toBe(1);
    expect(shared(acl('REGIONAL'), acl('CLOUDFRONT'))).toBe(0);
  });

  it('may be the name of an export', () => {
    const template = { Outputs: { Vpc: { Value: 'a', Export: { Name: 'shop-vpc' } } } };
    expect(sharedNames({ template, env: HOME }, [namedStack({ template, env: HOME })])).toMatchObject([
      { rule: 'same-name', logicalId: 'Vpc', type: 'Outputs' },
    ]);
    expect(sharedNames({ template, env: ACCOUNT }, [namedStack({ template, env: HOME })])).toEqual([]);
  });
});

it.each<[Json, string | undefined]>([
  ['orders', 'orders'],
  [{ 'Fn::Sub': 'orders-${AWS::AccountId}-${AWS::Region}' }, 'orders-${AWS::AccountId}-${AWS::Region}'],
  [{ 'Fn::Sub': '${AWS::StackName}-orders' }, undefined],
  [{ Ref: 'Name' }, undefined],
  ['', undefined],
])('a name that is written as %j is %s', (QueueName, name) => {
  expect(givenNames(templateOf('AWS::SQS::Queue', { QueueName })).map((it) => it.name)).toEqual(
    name === undefined ? [] : [name],
  );
});

it('a resource without a name of its own has none', () => {
  expect(givenNames(templateOf('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }))).toEqual([]);
  expect(givenNames(null)).toEqual([]);
});
