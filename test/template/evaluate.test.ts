import type { Json } from '../../lib/json';
import { Evaluator, isKnown, type DeploymentFacts } from '../../lib/template/evaluate';
import { subOf, subPartsOf } from '../../lib/template/sub';

const LOGIC = {
  Parameters: {
    Env: { Type: 'String', AllowedValues: ['prod', 'test'] },
    Free: { Type: 'String' },
    Zones: { Type: 'CommaDelimitedList' },
  },
  Mappings: { Sizes: { prod: { class: 'r7g.large', zones: ['a', 'b'] }, test: { class: 't4g.small' } } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] },
    IsOther: { 'Fn::Equals': ['other', { Ref: 'Env' }] },
    IsFree: { 'Fn::Equals': [{ Ref: 'Free' }, 'yes'] },
    IsNot: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsFree' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsFree' }] },
    Number: { 'Fn::Equals': [8080, '8080'] },
    Itself: { 'Fn::Equals': [{ Ref: 'Free' }, { Ref: 'Free' }] },
    Circle: { 'Fn::Not': [{ Condition: 'Circle' }] },
    Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
  },
};

const evaluator = (facts: DeploymentFacts = {}) => new Evaluator(LOGIC, facts);
const parameters = (values: Record<string, Json>): DeploymentFacts => ({
  parameters: new Map(Object.entries(values)),
});
const PROD = parameters({ Env: 'prod', Zones: ['x', 'y'] });

/** A known value, or what it would take to know it. */
function told(node: Json, facts: DeploymentFacts = {}): unknown {
  const result = evaluator(facts).value(node);
  return isKnown(result) ? { is: result.value } : { needs: result.unknown.map(({ name }) => name) };
}

describe('a value', () => {
  it.each<[what: string, node: Json, value: Json | undefined]>([
    ['a plain text', 'a', 'a'],
    ['a parameter', { Ref: 'Env' }, 'prod'],
    ['a list of a parameter', { Ref: 'Zones' }, ['x', 'y']],
    ['nothing', { Ref: 'AWS::NoValue' }, undefined],
    ['an object without nothing', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['a list without nothing', ['a', { Ref: 'AWS::NoValue' }], ['a']],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Env' }, 1, true]] }, 'a-prod-1-true'],
    ['Join of a list', { 'Fn::Join': [',', { Ref: 'Zones' }] }, 'x,y'],
    ['Sub', { 'Fn::Sub': '${Env}.${!Literal}' }, 'prod.${Literal}'],
    ['Sub with a variable', { 'Fn::Sub': ['${a}/${Env}', { a: { Ref: 'Env' } }] }, 'prod/prod'],
    ['Select', { 'Fn::Select': ['1', { Ref: 'Zones' }] }, 'y'],
    ['Split', { 'Fn::Split': ['/', 'a/b'] }, ['a', 'b']],
    ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/${b}/c'] }] }, '${b}'],
    ['a look-up', { 'Fn::FindInMap': ['Sizes', { Ref: 'Env' }, 'class'] }, 'r7g.large'],
    ['a look-up of a list', { 'Fn::FindInMap': ['Sizes', 'prod', 'zones'] }, ['a', 'b']],
    [
      'a look-up with a default',
      { 'Fn::FindInMap': ['Sizes', 'prod', 'none', { DefaultValue: { Ref: 'Env' } }] },
      'prod',
    ],
    ['a branch', { 'Fn::If': ['IsProd', 3, 1] }, 3],
    ['a branch of two', { 'Fn::If': ['IsNot', { Ref: 'AWS::NoValue' }, { Ref: 'Env' }] }, 'prod'],
    ['branches that are alike', { 'Fn::If': ['IsFree', 'a', 'a'] }, 'a'],
    ['Length', { 'Fn::Length': { Ref: 'Zones' } }, 2],
    ['ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Env' } } }, '{"a":"prod"}'],
    ['Base64', { 'Fn::Base64': { Ref: 'Env' } }, 'cHJvZA=='],
  ])('is known of %s', (_, node, value) => {
    expect(told(node, PROD)).toEqual({ is: value });
  });

  it.each<[what: string, node: Json, needs: string[]]>([
    ['a parameter without a value', { Ref: 'Free' }, ['Free']],
    ['a resource', { 'Fn::GetAtt': ['Orders', 'Endpoint.Address'] }, ['Orders.Endpoint.Address']],
    ['a resource in a text', { 'Fn::Sub': '${Orders.Arn}/${Free}' }, ['Orders.Arn', 'Free']],
    ['an import', { 'Fn::ImportValue': { 'Fn::Sub': '${Free}-vpc' } }, ['Fn::ImportValue', 'Free']],
    ['a macro', { 'Fn::Transform': { Name: 'Mine' } }, ['Fn::Transform']],
    ['a key that a mapping has not', { 'Fn::FindInMap': ['Sizes', 'prod', 'none'] }, ['Sizes.prod.none']],
    ['a key that is not known', { 'Fn::FindInMap': ['Sizes', { Ref: 'Free' }, 'class'] }, ['Free']],
    ['a condition that is not known', { 'Fn::If': ['IsFree', 1, 2] }, ['Free']],
    ['the name of the stack', { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, 'a']] }, ['AWS::StackName']],
    ['zones', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, ['Fn::GetAZs']],
  ])('is not known of %s', (_, node, needs) => {
    expect(told(node, PROD)).toEqual({ needs });
  });

  it('hangs on what decides it, known or not', () => {
    const { hangsOn } = evaluator(PROD).value({ 'Fn::If': ['IsProd', { Ref: 'Zones' }, 'a'] });
    expect(hangsOn).toEqual([
      { kind: 'parameter', name: 'Env' },
      { kind: 'parameter', name: 'Zones' },
    ]);
  });
});

describe('a condition', () => {
  it.each<[name: string, facts: DeploymentFacts, holds: boolean | undefined]>([
    ['IsProd', PROD, true],
    ['IsProd', {}, undefined],
    ['IsNot', PROD, false],
    ['IsOther', {}, false], // the parameter allows no such value
    ['Both', PROD, undefined],
    ['Both', parameters({ Env: 'test' }), false], // whatever the other part is
    ['Either', PROD, true],
    ['Either', parameters({ Env: 'test', Free: 'yes' }), true],
    ['Either', parameters({ Env: 'test', Free: 'no' }), false],
    ['Number', {}, true], // CloudFormation compares texts
    ['Itself', {}, true],
    ['Circle', {}, undefined],
    ['Here', { pseudo: { 'AWS::Region': 'eu-west-1' } }, true],
    ['Here', {}, undefined],
    ['Missing', {}, undefined],
  ])('%s with %j comes to %s', (name, facts, holds) => {
    const result = evaluator(facts).condition(name);
    expect(isKnown(result) ? result.value : undefined).toBe(holds);
  });
});

describe('the text of Fn::Sub', () => {
  it.each(['${A}', 'a${A.B}c', '${!A}', 'plain', '$A ${AWS::Region}!'])(
    '%s is the text of its parts',
    (text) => {
      expect(subOf(subPartsOf(text))).toBe(text);
    },
  );
});
