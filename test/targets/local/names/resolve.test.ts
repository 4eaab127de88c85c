import { Resolver } from '../../../../lib/targets/local/names/resolve';
import type { BlueprintStack } from '../../../../lib/blueprint/blueprint';
import type { Json } from '../../../../lib/json';

const stacks: readonly BlueprintStack[] = [
  {
    path: '',
    name: 'Shop',
    template: {
      Parameters: { Tag: { Type: 'String', Default: 'v1' } },
      Mappings: { Sizes: { local: { cpu: '512' } } },
      Conditions: {
        IsV1: { 'Fn::Equals': [{ Ref: 'Tag' }, 'v1'] },
        Neither: { 'Fn::Not': [{ 'Fn::Or': [{ Condition: 'IsV1' }, { 'Fn::Equals': ['a', 'b'] }] }] },
        Both: { 'Fn::And': [{ Condition: 'IsV1' }, { 'Fn::Not': [{ Condition: 'Neither' }] }] },
      },
      Outputs: {
        Host: { Value: { 'Fn::GetAtt': ['Db', 'Endpoint.Address'] }, Export: { Name: 'shop-host' } },
      },
    },
  },
  { path: 'Api', name: 'Shop-Api', template: {} },
];

const resolver = new Resolver(stacks, {
  ref: (stack, id) => (stack === '' && id === 'Secret' ? 'arn:secret' : undefined),
  attribute: (stack, id, name) => (id === 'Db' ? `127.1.2.3/${stack}/${name}` : undefined),
  dynamic: (reference) => (reference === 'secretsmanager:arn:secret:SecretString:::' ? 'hunter2' : undefined),
});
const text = (value: Json, stack = ''): string => resolver.text(stack, value);

it.each<[string, Json, string]>([
  ['a text', 'plain', 'plain'],
  ['a number', 5432, '5432'],
  ['Ref of a resource', { Ref: 'Secret' }, 'arn:secret'],
  ['Ref of a parameter', { Ref: 'Tag' }, 'v1'],
  ['Ref of the stack', { Ref: 'AWS::StackName' }, 'Shop'],
  ['Ref of the region', { Ref: 'AWS::Region' }, 'local'],
  ['Ref of what does not stand: a name like the one AWS would make', { Ref: 'Bucket' }, 'shop-bucket'],
  ['Fn::GetAtt', { 'Fn::GetAtt': ['Db', 'Endpoint.Address'] }, '127.1.2.3//Endpoint.Address'],
  ['Fn::GetAtt as a text', { 'Fn::GetAtt': 'Db.Endpoint.Address' }, '127.1.2.3//Endpoint.Address'],
  ['Fn::GetAtt of what does not stand', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'queue.arn.skipped.invalid'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Tag' }, 7]] }, 'a-v1-7'],
  ['Fn::Sub', { 'Fn::Sub': '${Tag}:${Db.Port}:${!literal}' }, 'v1:127.1.2.3//Port:${literal}'],
  ['Fn::Sub with variables', { 'Fn::Sub': ['${x}${Tag}', { x: { Ref: 'Secret' } }] }, 'arn:secretv1'],
  ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b,c'] }] }, 'b'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'cpu'] }, '512'],
  ['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
  ['Fn::If that holds', { 'Fn::If': ['Both', { Ref: 'Tag' }, 'no'] }, 'v1'],
  ['Fn::If that does not', { 'Fn::If': ['Neither', 'yes', 'no'] }, 'no'],
  ['an object as JSON', { a: [{ Ref: 'Tag' }] }, '{"a":["v1"]}'],
  [
    'a dynamic reference',
    { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString:::}}']] },
    'hunter2',
  ],
])('resolves %s', (_, value, expected) => {
  expect(text(value)).toBe(expected);
});

it('resolves what another stack of the environment exports', () => {
  const host = '127.1.2.3//Endpoint.Address';
  expect(text({ 'Fn::ImportValue': 'shop-host' }, 'Api')).toBe(host);
  expect(text({ 'Fn::GetStackOutput': { StackName: 'Shop', OutputName: 'Host' } }, 'Api')).toBe(host);
  expect(text({ 'Fn::ImportValue': 'nowhere' }, 'Api')).toBe('nowhere.skipped.invalid');
});

it.each<[Json, string]>([
  [
    { 'Fn::Cidr': ['10.0.0.0/16', 2] },
    'Fn::Cidr in the template is not known, so its value on this machine is unknown',
  ],
  [{ 'Fn::Join': 'a' }, '"a" in the template is not a list, so its value on this machine is unknown'],
])('refuses %j', (value, message) => {
  expect(() => text(value)).toThrow(expect.objectContaining({ code: 'intrinsic', message }));
});
