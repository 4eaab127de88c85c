import { App, CfnOutput, CfnResource, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { asNumber, asString, NamedToken, resolveNames, type Expression } from '../../lib/scale/named-token';

const readers: Expression = { name: 'readers', factor: 'readers', value: 3 };
const instance: Expression = { name: 'instance', factor: 'instance', value: 'r7g.large' };
const minAcu: Expression = { name: 'capacity.minAcu', factor: 'capacity', value: 0.5 };
const none: Expression = { name: 'alarms', factor: 'alarms', value: 0 };

const newStack = (): Stack => new Stack(new App(), 'Stack');

/** A stack with factors in every place that a template has for them. */
function stackOfFactors(): Stack {
  const stack = newStack();
  void new CfnResource(stack, 'Thing', {
    type: 'Test::Thing',
    properties: {
      Number: asNumber(readers),
      Half: asNumber(minAcu),
      Nothing: asNumber(none),
      Text: asString(instance),
      Within: `db.${asString(instance)} with ${asString(readers)} of ${asNumber(readers)} readers`,
      Twice: `${asString(instance)}${asString(instance)}`,
      Token: new NamedToken(readers),
      Later: Lazy.number({ produce: () => asNumber(readers) }),
      List: [1, asNumber(readers), { Deep: asString(instance) }],
      Joined: Fn.join('-', [asString(instance), stack.region]),
      Body: stack.toJsonString({
        readers: asNumber(readers),
        text: `at ${asString(instance)}`,
        region: stack.region,
      }),
      Plain: 3,
      PlainText: 'r7g.large',
    },
  });
  return stack;
}

const propertiesOf = (template: unknown): Record<string, unknown> =>
  (template as { Resources: { Thing: { Properties: Record<string, unknown> } } }).Resources.Thing.Properties;

/** Every leaf of a value in which a name is read, with the others as they are. */
function readAll(value: unknown, read: (leaf: number | string) => string | undefined): unknown {
  if (typeof value === 'number' || typeof value === 'string') return read(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => readAll(item, read));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, readAll(child, read)]));
}

const VALUES = {
  Number: 3,
  Half: 0.5,
  Nothing: 0,
  Text: 'r7g.large',
  Within: 'db.r7g.large with 3 of 3 readers',
  Twice: 'r7g.larger7g.large',
  Token: 3,
  Later: 3,
  List: [1, 3, { Deep: 'r7g.large' }],
  Joined: { 'Fn::Join': ['-', ['r7g.large', { Ref: 'AWS::Region' }]] },
  Body: { 'Fn::Join': ['', ['{"readers":3,"text":"at r7g.large","region":"', { Ref: 'AWS::Region' }, '"}']] },
  Plain: 3,
  PlainText: 'r7g.large',
};

const NAMES = {
  Number: '${readers}',
  Half: '${capacity.minAcu}',
  Nothing: '${alarms}',
  Text: '${instance}',
  Within: 'db.${instance} with ${readers} of ${readers} readers',
  Twice: '${instance}${instance}',
  Token: '${readers}',
  Later: '${readers}',
  List: [1, '${readers}', { Deep: '${instance}' }],
  Joined: { 'Fn::Join': ['-', ['${instance}', { Ref: 'AWS::Region' }]] },
  Body: {
    'Fn::Join': [
      '',
      ['{"readers":${readers},"text":"at ${instance}","region":"', { Ref: 'AWS::Region' }, '"}'],
    ],
  },
  Plain: 3,
  PlainText: 'r7g.large',
};

function templateOf(stack: Stack): unknown {
  const { _toCloudFormation } = stack as unknown as { _toCloudFormation: () => unknown };
  return _toCloudFormation.call(stack);
}

describe('a template', () => {
  it('holds the values', () => {
    expect(propertiesOf(Template.fromStack(stackOfFactors()).toJSON())).toEqual(VALUES);
  });

  it('gives the names at exactly the places of the factors', () => {
    const stack = stackOfFactors();
    const { resolved, read } = resolveNames((): unknown => stack.resolve(templateOf(stack)));
    expect(readAll(propertiesOf(resolved), read)).toEqual(NAMES);
  });

  it('holds in the place of a number a number, in that of a text a text, and the same for the same factor', () => {
    const stack = stackOfFactors();
    const { resolved } = resolveNames((): unknown => stack.resolve(templateOf(stack)));
    const properties = propertiesOf(resolved);
    expect(Number.isSafeInteger(properties['Number'])).toBe(true);
    expect(Number.isSafeInteger(properties['Half'])).toBe(true);
    expect(typeof properties['Text']).toBe('string');
    expect(properties['Token']).toBe(properties['Number']);
  });

  it('holds the values again after the names were read, and the same names when they are read again', () => {
    const stack = stackOfFactors();
    const names = (): unknown => {
      const { resolved, read } = resolveNames((): unknown => stack.resolve(templateOf(stack)));
      return readAll(propertiesOf(resolved), read);
    };
    expect(names()).toEqual(NAMES);
    expect(propertiesOf(stack.resolve(templateOf(stack)))).toEqual(VALUES);
    expect(names()).toEqual(NAMES);
  });

  it('is the same whether the names were read before or not', () => {
    const stack = stackOfFactors();
    resolveNames((): unknown => stack.resolve(templateOf(stack)));
    expect(Template.fromStack(stack).toJSON()).toEqual(Template.fromStack(stackOfFactors()).toJSON());
  });
});

describe('reading names', () => {
  const stack = newStack();

  it('ends when it fails', () => {
    const failure = new Error('no such reference');
    expect(() =>
      resolveNames(() => {
        expect(stack.resolve(asNumber(readers))).not.toBe(3);
        throw failure;
      }),
    ).toThrow(failure);
    expect(stack.resolve(asNumber(readers))).toBe(3);
  });

  it('goes on after one within it has ended', () => {
    const { resolved, read } = resolveNames(() => {
      const inner = resolveNames((): string => stack.resolve(asString(instance)) as string);
      expect(inner.read(inner.resolved)).toBe('${instance}');
      return stack.resolve(asNumber(readers)) as number;
    });
    expect(read(resolved)).toBe('${readers}');
    expect(stack.resolve(asNumber(readers))).toBe(3);
  });

  it('tells a hundred names apart', () => {
    const all = Array.from({ length: 100 }, (_, i) => ({
      name: `n${i}`,
      factor: `n${i}`,
      value: i % 2 ? i : `v${i}`,
    }));
    const { resolved, read } = resolveNames((): unknown[] =>
      all.map((it) => stack.resolve(new NamedToken(it)) as unknown),
    );
    expect(readAll(resolved, read)).toEqual(all.map(({ name }) => `\${${name}}`));
  });

  it.each([
    0,
    3,
    -1.5,
    '',
    'r7g.large',
    '${readers}',
    814072635100007,
    'x814072635199999y',
    '\uE01012\uE011',
    '8140726351',
  ])('finds none in %j', (leaf) => {
    const { read } = resolveNames((): unknown => stack.resolve(asNumber(readers)));
    expect(read(leaf)).toBeUndefined();
  });
});

describe('a named token', () => {
  it('is a token as a number, as a text and by itself', () => {
    for (const place of [
      asNumber(readers),
      asString(instance),
      new NamedToken(readers),
      new NamedToken(instance).toString(),
    ])
      expect(Token.isUnresolved(place)).toBe(true);
  });

  it('never shows its value to JSON that the CDK does not see', () => {
    expect(JSON.stringify({ Value: new NamedToken(instance) })).toBe('{"Value":"<instance>"}');
  });

  it('may stand in an output', () => {
    const stack = stackOfFactors();
    void new CfnOutput(stack, 'Readers', { value: `${asString(readers)} readers` });
    expect(Template.fromStack(stack).toJSON()).toEqual(
      expect.objectContaining({ Outputs: { Readers: { Value: '3 readers' } } }),
    );
  });
});
