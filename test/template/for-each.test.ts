import type { Json } from '../../lib/json';
import { expandLoops } from '../../lib/template/for-each';
import { modelOf } from '../../lib/template/model';

const TOPIC = 'AWS::SNS::Topic';

/** The Resources that are made of some, with more sections of the template. */
function expanded(Resources: Json, more: Record<string, Json> = {}): Json {
  const template = { Transform: 'AWS::LanguageExtensions', Resources, ...more };
  return (expandLoops(template) as typeof template).Resources;
}

it('makes an entry for each item, in keys, references, and texts', () => {
  const fragment = {
    'Topic${Name}': {
      Type: TOPIC,
      DependsOn: 'Key${Name}',
      Properties: {
        TopicName: { Ref: 'Name' },
        DisplayName: { 'Fn::Sub': '${AWS::StackName}-${Name}' },
        Arn: { 'Fn::GetAtt': ['Key${Name}', 'Arn'] },
        Other: { Ref: 'Key' },
      },
    },
  };
  const topic = (name: string) => ({
    Type: TOPIC,
    DependsOn: `Key${name}`,
    Properties: {
      TopicName: name,
      DisplayName: { 'Fn::Sub': `\${AWS::StackName}-${name}` },
      Arn: { 'Fn::GetAtt': [`Key${name}`, 'Arn'] },
      Other: { Ref: 'Key' },
    },
  });
  expect(expanded({ 'Fn::ForEach::Topics': ['Name', ['A', 'B'], fragment], Key: { Type: 'T' } })).toEqual({
    TopicA: topic('A'),
    TopicB: topic('B'),
    Key: { Type: 'T' },
  });
});

it('makes plain what is plain then: substitutions, joins and look-ups', () => {
  const fragment: Json = {
    'I${X}': {
      Type: 'T',
      Condition: {
        'Fn::FindInMap': ['M', 'Condition', { Ref: 'X' }, { DefaultValue: { Ref: 'AWS::NoValue' } }],
      },
      Properties: {
        Sub: { 'Fn::Sub': 'n-${X}' },
        Join: { 'Fn::Join': ['.', [{ Ref: 'X' }, 'fifo']] },
        Size: { 'Fn::FindInMap': ['M', 'Size', { Ref: 'X' }, { DefaultValue: 'small' }] },
        Region: { 'Fn::Join': ['-', [{ Ref: 'X' }, { Ref: 'AWS::Region' }]] },
        Escaped: { 'Fn::Sub': '${!X}' },
        Unknown: { 'Fn::FindInMap': ['N', 'Size', { Ref: 'X' }] },
      },
    },
  };
  const Mappings = { M: { Condition: { B: 'Two' }, Size: { B: 'large' } } };
  const of = (x: string, size: string) => ({
    Type: 'T',
    Properties: {
      Sub: `n-${x}`,
      Join: `${x}.fifo`,
      Size: size,
      Region: { 'Fn::Join': ['-', [x, { Ref: 'AWS::Region' }]] },
      Escaped: { 'Fn::Sub': '${!X}' },
      Unknown: { 'Fn::FindInMap': ['N', 'Size', x] },
    },
  });
  expect(expanded({ 'Fn::ForEach::I': ['X', ['A', 'B'], fragment] }, { Mappings })).toEqual({
    IA: of('A', 'small'),
    IB: { ...of('B', 'large'), Condition: 'Two' },
  });
});

it('leaves out of a key what no key may have, with "&"', () => {
  const fragment = { 'Rule&{Cidr}': { Type: 'T', Properties: { Cidr: { Ref: 'Cidr' } } } };
  expect(expanded({ 'Fn::ForEach::R': ['Cidr', ['10.0.0.0/16', '10.1.0.0/16'], fragment] })).toEqual({
    Rule1000016: { Type: 'T', Properties: { Cidr: '10.0.0.0/16' } },
    Rule1010016: { Type: 'T', Properties: { Cidr: '10.1.0.0/16' } },
  });
});

it('expands loops in loops, in properties, in Outputs and in Conditions', () => {
  const properties = {
    Type: 'T',
    Properties: { Tags: [{ 'Fn::ForEach::P': ['P', ['x', 'y'], { '${P}': { Ref: 'Zone' } }] }] },
  };
  const inner = ['Zone', ['1', 2], { '${Net}Zone${Zone}': properties }];
  const template = expandLoops({
    Transform: ['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31'],
    Resources: {
      'Fn::ForEach::Nets': ['Net', ['Public'], { Net: { Type: 'T' }, 'Fn::ForEach::Zones': inner }],
    },
    Outputs: { 'Fn::ForEach::O': ['N', ['A'], { 'Out${N}': { Value: { Ref: 'N' } } }] },
    Conditions: {
      'Fn::ForEach::C': ['N', ['A'], { 'Is${N}': { 'Fn::Equals': [{ Ref: 'Env' }, { Ref: 'N' }] } }],
    },
    Mappings: { 'Fn::ForEach::M': ['N', ['A'], {}] },
  });
  const zone = (value: string) => ({ Type: 'T', Properties: { Tags: [{ x: value, y: value }] } });
  expect(template).toEqual({
    Transform: ['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31'],
    Resources: { Net: { Type: 'T' }, PublicZone1: zone('1'), PublicZone2: zone('2') },
    Outputs: { OutA: { Value: 'A' } },
    Conditions: { IsA: { 'Fn::Equals': [{ Ref: 'Env' }, 'A'] } },
    Mappings: { 'Fn::ForEach::M': ['N', ['A'], {}] },
  });
});

it('takes several identifiers, each with its own item of a list', () => {
  const fragment = { 'Q${Name}': { Type: 'T', Properties: { Size: { Ref: 'Size' } } } };
  expect(
    expanded({
      'Fn::ForEach::Q': [
        ['Name', 'Size'],
        [
          ['A', 1],
          ['B', '2'],
        ],
        fragment,
      ],
    }),
  ).toEqual({
    QA: { Type: 'T', Properties: { Size: '1' } },
    QB: { Type: 'T', Properties: { Size: '2' } },
  });
});

it('takes a collection of a mapping, also by the item of the loop around it', () => {
  const Mappings = { Names: { prod: { list: ['A', 'B'] }, dev: { list: ['C'] } } };
  const inner: Json = [
    'N',
    { 'Fn::FindInMap': ['Names', { Ref: 'Stage' }, 'list'] },
    { '${Stage}${N}': { Type: 'T' } },
  ];
  const outer: Json = ['Stage', ['prod', 'dev'], { 'Fn::ForEach::Inner': inner }];
  expect(Object.keys(expanded({ 'Fn::ForEach::Outer': outer }, { Mappings }) as object)).toEqual([
    'prodA',
    'prodB',
    'devC',
  ]);
});

describe('stays as it is written', () => {
  const fragment = { 'Topic${N}': { Type: TOPIC } };
  const ofParameter = { 'Fn::ForEach::T': ['N', { Ref: 'Names' }, fragment] };

  it.each<[string, Record<string, Json>]>([
    ['a loop over a parameter', ofParameter],
    [
      'a loop over items that hang on the deployment',
      { 'Fn::ForEach::T': ['N', ['A', { Ref: 'P' }], fragment] },
    ],
    ['a loop around a loop over a parameter', { 'Fn::ForEach::O': ['O', ['A', 'B'], ofParameter] }],
    ['a loop of one item around it', { 'Fn::ForEach::O': ['O', ['A'], ofParameter] }],
    [
      'a loop over an unknown look-up',
      { 'Fn::ForEach::T': ['N', { 'Fn::FindInMap': ['M', 'a', 'b'] }, fragment] },
    ],
    [
      'a loop whose entries have one key',
      { 'Fn::ForEach::T': ['N', ['A', 'B'], { Topic: { Type: TOPIC } }] },
    ],
    [
      'a loop that makes what is there',
      { 'Fn::ForEach::T': ['N', ['A'], fragment], TopicA: { Type: TOPIC } },
    ],
    ['a loop of two parts', { 'Fn::ForEach::T': ['N', ['A']] }],
    ['a loop that is no list', { 'Fn::ForEach::T': 'N' }],
    ['a loop without a fragment', { 'Fn::ForEach::T': ['N', ['A'], 'T'] }],
    ['a loop with an item too few', { 'Fn::ForEach::T': [['N', 'M'], [['A']], fragment] }],
  ])('%s', (_, resources) => {
    expect(expanded(resources)).toEqual(resources);
    // and it is no resource without a Type
    expect(modelOf({ Resources: resources }, 'a').Resources).toEqual(
      modelOf({ Resources: expanded(resources) }, 'a').Resources,
    );
  });

  it('what makes more than a template may hold', () => {
    const list = Array.from({ length: 200 }, (_, i) => `${i}`);
    const loop = (depth: number): Json =>
      depth === 0
        ? { Type: 'T' }
        : { [`Fn::ForEach::L${depth}`]: [`N${depth}`, list, { [`\${N${depth}}`]: loop(depth - 1) }] };
    const resources = loop(5);
    expect(expanded(resources)).toEqual(resources);
  });

  it('a loop without the transform, which CloudFormation refuses', () => {
    const template = { Resources: { 'Fn::ForEach::T': ['N', ['A'], fragment] } };
    expect(expandLoops(template)).toBe(template);
  });

  it.each([undefined, null, 'text', [], { Resources: {} }])('%j', (it) => {
    expect(expandLoops(it)).toBe(it);
  });
});

it('leaves the template as it was', () => {
  const template = {
    Transform: 'AWS::LanguageExtensions',
    Resources: {
      'Fn::ForEach::T': ['N', ['A'], { '${N}': { Type: TOPIC, Properties: { Name: { Ref: 'N' } } } }],
    },
  };
  const before = structuredClone(template);
  expandLoops(template);
  expect(template).toEqual(before);
});

it('is no part of the model when nothing of it is left: the transform makes nothing of its own', () => {
  const top = (Transform: Json) => modelOf({ Transform, Resources: {} }, 'a').top['Transform'];
  expect(top('AWS::LanguageExtensions')).toBeUndefined();
  expect(top(['AWS::LanguageExtensions', 'Team'])).toBe('Team');
  expect(top(['Team'])).toBe('Team');
  expect(top(['Team', 'Other'])).toEqual(['Team', 'Other']);
});
