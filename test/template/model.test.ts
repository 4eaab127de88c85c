import { modelOf } from '../../lib/template/model';
import { copy, errorOf, model } from '../parity/small-shop';

const FIX = 'Give a template as CloudFormation accepts it, such as cdk.out/Prod.template.json.';
const refused = (template: unknown): string => errorOf(() => modelOf(template, 'a.json'));

/** The model of a value that a property has. */
const opened = (value: unknown): unknown =>
  (model({ A: { Type: 'T::T', Properties: { Value: value } } }).Resources['A'] as { Properties: unknown })
    .Properties;

describe('metadata', () => {
  it("does not count: the template's, a resource's, and the CDK's usage record", () => {
    const Metadata = { 'aws:cdk:path': 'A' };
    const bare = model({ A: { Type: 'T::T' } });
    expect(model({ A: { Type: 'T::T', Metadata } }, { Metadata })).toEqual(bare);
    expect(
      model(
        {
          A: { Type: 'T::T' },
          CDKMetadata: { Type: 'AWS::CDK::Metadata', Condition: 'CDKMetadataAvailable' },
        },
        { Conditions: { CDKMetadataAvailable: { 'Fn::Equals': [1, 1] } } },
      ),
    ).toEqual(bare);
  });

  it('counts where an instance carries it out, and not where a console shows it', () => {
    const of = (Metadata: object) => model({ A: { Type: 'T::T', Metadata } });
    const config = { config: { commands: { a: { command: 'start' } } } };
    for (const key of ['AWS::CloudFormation::Init', 'AWS::CloudFormation::Authentication'])
      expect(of({ [key]: config, more: 1 }).Resources['A']).toMatchObject({ Metadata: { [key]: config } });
    for (const key of ['AWS::CloudFormation::Designer', 'AWS::CloudFormation::Interface'])
      expect(of({ [key]: { id: 1 } })).toEqual(of({}));
  });

  it('is no matter of what is said beside properties: policies and order count', () => {
    const bare = { Type: 'T::T' };
    for (const more of [
      { CreationPolicy: { ResourceSignal: { Count: 1 } } },
      { UpdatePolicy: { AutoScalingRollingUpdate: { MinInstancesInService: 1 } } },
      { UpdateReplacePolicy: 'Retain' },
      { DependsOn: 'B' },
    ])
      expect(model({ A: { ...bare, ...more }, B: bare })).not.toEqual(model({ A: bare, B: bare }));
  });

  it('counts where it is a property', () => {
    expect(opened({ Metadata: 1 })).toEqual({ Value: { Metadata: 1 } });
    expect(model({ A: { Type: 'T::T', Properties: { Metadata: 1 } } })).not.toEqual(
      model({ A: { Type: 'T::T', Properties: {} } }),
    );
  });

  it('counts as a condition of another name', () => {
    expect(model({}, { Conditions: { Other: true } }).Conditions).toEqual({ Other: true });
  });
});

describe('a text that is JSON', () => {
  it.each([
    ['an object', '{"a":[1,{"b":null}]}', { a: [1, { b: null }] }],
    ['a list', '["a","b"]', ['a', 'b']],
    ['a key called __proto__', '{"__proto__":1}', JSON.parse('{"__proto__":1}') as unknown],
  ])('is opened: %s', (_, text, value) => {
    expect(opened(text)).toEqual({ Value: { '(json)': value } });
  });

  it.each([
    ['it is not JSON', '{"a":'],
    ['it has blanks', '{"a": 1}'],
    ['a key comes twice', '{"a":1,"a":1}'],
    ['a number is written differently', '{"a":1.0}'],
    ['it looks like a reference', '{"a":{"Ref":"B"}}'],
    ['it looks like a function', '{"a":{"Fn::GetAtt":["B","Arn"]}}'],
    ['it looks like an opened text', '{"a":{"(json)":[]}}'],
    ['it is a text with quotes', '"a"'],
    ['it is a number', '12'],
  ])('stays a text when %s', (_, text) => {
    expect(opened(text)).toEqual({ Value: text });
  });

  it('stays a text when it is deeper than any template', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(opened(deep)).toEqual({ Value: deep });
  });
});

describe('a joined text that is JSON', () => {
  const join = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });
  const A = { Ref: 'A' };

  it('is opened, with its intrinsics where they stand', () => {
    expect(opened(join('{"a":"', A, '","b":["x-', A, '-y",1]}'))).toEqual({
      Value: { '(json)': { a: A, b: [join('x-', A, '-y'), 1] } },
    });
  });

  it.each([
    ['an intrinsic stands for a number', join('{"a":', A, '}')],
    ['an intrinsic stands in a key', join('{"', A, '":1}')],
    ['two intrinsics stand in a key', join('{"', A, '-', A, '":1}')],
    ['the separator is not empty', { 'Fn::Join': [',', ['{"a":"', A, '"}']] }],
    ['the list is an intrinsic', { 'Fn::Join': ['', A] }],
    ['an intrinsic stands first', join(A, '"{\\"a":1}')],
    ['it has blanks', join('{"a": "', A, '"}')],
    ['it is beside other keys', { ...join('{"a":"', A, '"}'), More: 1 }],
    ['a part looks like a hole', join('{"a":"\uE0200\uE021","b":"', A, '"}')],
  ])('stays as it is when %s', (_, value) => {
    expect(opened(value)).toEqual({ Value: value });
  });

  it('is another one when only the intrinsic differs', () => {
    expect(opened(join('{"a":"', A, '"}'))).not.toEqual(opened(join('{"a":"', { Ref: 'B' }, '"}')));
    expect(opened(join('{"a":"', A, '"}'))).not.toEqual(opened('{"a":{"Ref":"A"}}'));
  });
});

describe('DependsOn', () => {
  const resource = (DependsOn: unknown) => model({ A: { Type: 'T::T', DependsOn } }).Resources['A'];

  it('is a set: one id or a list in any order', () => {
    expect(resource('B')).toEqual({ Type: 'T::T', Properties: {}, DependsOn: ['B'] });
    expect(resource(['C', 'B'])).toEqual(resource(['B', 'C']));
    expect(resource(['B', 'C'])).not.toEqual(resource(['B']));
  });

  it('is a list like any other inside of properties', () => {
    expect(opened({ DependsOn: ['C', 'B'] })).toEqual({ Value: { DependsOn: ['C', 'B'] } });
  });
});

it('takes no properties for the same as an empty object of them, but not for null', () => {
  expect(model({ A: { Type: 'T::T' } })).toEqual(model({ A: { Type: 'T::T', Properties: {} } }));
  expect(model({ A: { Type: 'T::T' } })).not.toEqual(model({ A: { Type: 'T::T', Properties: null } }));
});

it('keeps what is no section of entries, unknown ones too', () => {
  const more = { AWSTemplateFormatVersion: '2010-09-09', Transform: ['T', 'U'], Hooks: { H: { Type: 'x' } } };
  expect(model({}, more).top).toEqual(more);
});

it('does not change the template that it is made from', () => {
  const template = {
    Metadata: { a: 1 },
    Resources: { A: { Type: 'T::T', DependsOn: ['C', 'B'], Metadata: {}, Properties: { Body: '{"a":1}' } } },
  };
  const before = copy(template);
  modelOf(template, 'a.json');
  expect(template).toEqual(before);
});

describe('what is no template is refused', () => {
  const nested = (depth: number): unknown => {
    let value: unknown = {};
    for (let i = 0; i < depth; i++) value = { A: value };
    return value;
  };
  const OBJECT = 'expected an object with Resources';
  const NAMES = 'expected logical ids and property names';

  it.each([
    ['nothing', null, `it holds nothing; ${OBJECT}`],
    [
      'an object without Resources',
      { AWSTemplateFormatVersion: '2010-09-09' },
      `it has the key AWSTemplateFormatVersion, and no Resources; ${OBJECT}`,
    ],
    ['a list of Resources', { Resources: [] }, `it has no Resources; ${OBJECT}`],
    ['a list of Outputs', { Resources: {}, Outputs: [] }, 'its Outputs is a list; expected an object'],
    [
      'a resource without Type',
      { Resources: { A: { Properties: {} } } },
      'its resource "A" has no Type; expected a Type such as "AWS::S3::Bucket"',
    ],
    [
      'a resource that is a text',
      { Resources: { A: 'AWS::S3::Bucket' } },
      'its resource "A" has no Type; expected a Type such as "AWS::S3::Bucket"',
    ],
    [
      'one that is 200,000 deep',
      nested(200_000),
      'it is nested more than 500 deep; expected a template that CloudFormation accepts',
    ],
    [
      'a __proto__ at the top',
      JSON.parse('{"__proto__":{},"Resources":{}}') as unknown,
      `it has a key called "__proto__"; ${NAMES}`,
    ],
    [
      'a __proto__ deep inside',
      JSON.parse('{"Resources":{"A":{"Type":"T","Properties":{"L":[{"__proto__":1}]}}}}') as unknown,
      `it has a key called "__proto__"; ${NAMES}`,
    ],
    [
      'what would pass for an opened text',
      { Resources: { A: { Type: 'T', Properties: { Body: { '(json)': { a: 1 } } } } } },
      `it has a key called "(json)"; ${NAMES}`,
    ],
  ])('%s', (_, template, message) => {
    expect(refused(template)).toBe(`template: a.json is not a CloudFormation template: ${message}\n${FIX}`);
  });

  it('accepts what is as deep as may be, and nothing deeper', () => {
    const Resources = { A: { Type: 'T::T' } };
    expect(() => modelOf({ Resources, Mappings: nested(498) }, 'a.json')).not.toThrow();
    expect(refused({ Resources, Mappings: nested(500) })).toMatch('it is nested more than 500 deep');
  });

  it('accepts logical ids that objects inherit', () => {
    expect(
      Object.keys(model({ constructor: { Type: 'T::T' }, toString: { Type: 'T::T' } }).Resources),
    ).toEqual(['constructor', 'toString']);
  });
});
