import fc from 'fast-check';
import type { Json, JsonObject } from '../../lib/json';
import { parityOfTemplates } from '../../lib/parity/parity';

const found = (prod: JsonObject, staging: JsonObject) =>
  parityOfTemplates({ Resources: {}, ...prod }, { Resources: {}, ...staging }).forbidden.map(
    ({ logicalId, path, prod: p, staging: s }) => [[logicalId, ...path].join('.'), p, s],
  );
const resource = (more: JsonObject, Type = 'AWS::SQS::Queue'): JsonObject => ({
  Resources: { X: { Type, ...more } },
});
const inCluster = (id: Json): JsonObject => ({ Properties: { DBClusterIdentifier: id } });
const parameter = (more: JsonObject): JsonObject => ({ Parameters: { P: more } });

describe('of the parts of a template', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'a deletion policy',
      resource({}),
      resource({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }),
    ],
    [
      'that of a cluster',
      resource({}, 'AWS::RDS::DBCluster'),
      resource({ DeletionPolicy: 'Snapshot' }, 'AWS::RDS::DBCluster'),
    ],
    [
      'that of a database',
      resource({}, 'AWS::RDS::DBInstance'),
      resource({ DeletionPolicy: 'Snapshot' }, 'AWS::RDS::DBInstance'),
    ],
    [
      'that of a database of a cluster',
      resource(inCluster('c'), 'AWS::RDS::DBInstance'),
      resource({ ...inCluster('c'), DeletionPolicy: 'Delete' }, 'AWS::RDS::DBInstance'),
    ],
    ['what waits for nothing', resource({ DependsOn: [] }), resource({})],
    [
      'creation policies',
      resource({ CreationPolicy: { ResourceSignal: { Count: '1' } } }),
      resource({ CreationPolicy: { ResourceSignal: { Count: 1 } } }),
    ],
    [
      'update policies',
      resource({
        UpdatePolicy: {
          AutoScalingRollingUpdate: { MinInstancesInService: 1, SuspendProcesses: ['a', 'b'] },
        },
      }),
      resource({
        UpdatePolicy: {
          AutoScalingRollingUpdate: { MinInstancesInService: '1', SuspendProcesses: ['b', 'a'] },
        },
      }),
    ],
    ['a default', parameter({ Type: 'String', Default: 1 }), parameter({ Type: 'String', Default: '1' })],
    [
      'a default of a list',
      parameter({ Type: 'CommaDelimitedList', Default: 'a, b' }),
      parameter({ Type: 'CommaDelimitedList', Default: 'a,b' }),
    ],
    [
      'allowed values',
      parameter({ Type: 'Number', AllowedValues: [1, 2] }),
      parameter({ Type: 'Number', AllowedValues: ['2', '1'] }),
    ],
    [
      'a limit',
      parameter({ Type: 'String', MinLength: 1, NoEcho: true }),
      parameter({ Type: 'String', MinLength: '1', NoEcho: 'true' }),
    ],
    [
      'a comparison',
      { Conditions: { C: { 'Fn::Equals': ['a', { Ref: 'P' }] } } },
      { Conditions: { C: { 'Fn::Equals': [{ 'Fn::Sub': '${P}' }, 'a'] } } },
    ],
    [
      'two conditions',
      { Conditions: { C: { 'Fn::And': [{ Condition: 'A' }, { Condition: 'B' }] } } },
      { Conditions: { C: { 'Fn::And': [{ Condition: 'B' }, { Condition: 'A' }] } } },
    ],
    ['a look-up', { Mappings: { M: { a: { n: 1 } } } }, { Mappings: { M: { a: { n: '1' } } } }],
    [
      'an output',
      { Outputs: { O: { Value: { 'Fn::Sub': 'a-${P}' }, Export: { Name: { 'Fn::Sub': 'n' } } } } },
      { Outputs: { O: { Value: { 'Fn::Join': ['-', ['a', { Ref: 'P' }]] }, Export: { Name: 'n' } } } },
    ],
    ['a transform', { Transform: 'T' }, { Transform: ['T'] }],
    ['the version', { AWSTemplateFormatVersion: '2010-09-09' }, {}],
  ])('%s is the same in both spellings', (_, prod, staging) => {
    expect(found(prod, staging)).toEqual([]);
    expect(found(staging, prod)).toEqual([]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a deletion policy', resource({ DeletionPolicy: 'Retain' }), resource({})],
    [
      'that of a cluster',
      resource({}, 'AWS::RDS::DBCluster'),
      resource({ DeletionPolicy: 'Delete' }, 'AWS::RDS::DBCluster'),
    ],
    [
      'that of a database of a cluster',
      resource(inCluster('c'), 'AWS::RDS::DBInstance'),
      resource({ ...inCluster('c'), DeletionPolicy: 'Snapshot' }, 'AWS::RDS::DBInstance'),
    ],
    [
      'that of a database of which nobody knows',
      resource(inCluster({ 'Fn::If': ['C', 'c', { Ref: 'AWS::NoValue' }] }), 'AWS::RDS::DBInstance'),
      resource(
        { ...inCluster({ 'Fn::If': ['C', 'c', { Ref: 'AWS::NoValue' }] }), DeletionPolicy: 'Delete' },
        'AWS::RDS::DBInstance',
      ),
    ],
    ['what a resource waits for', resource({ DependsOn: 'Y' }), resource({})],
    ['a default', parameter({ Type: 'Number', Default: '01' }), parameter({ Type: 'Number', Default: 1 })],
    [
      'the order of a list',
      parameter({ Type: 'CommaDelimitedList', Default: 'a,b' }),
      parameter({ Type: 'CommaDelimitedList', Default: 'b,a' }),
    ],
    [
      'a text with a comma',
      parameter({ Type: 'String', Default: 'a, b' }),
      parameter({ Type: 'String', Default: 'a,b' }),
    ],
    ['the type', parameter({ Type: 'String', Default: '1' }), parameter({ Type: 'Number', Default: '1' })],
    [
      'a negation',
      { Conditions: { C: { 'Fn::Not': [{ Condition: 'A' }] } } },
      { Conditions: { C: { 'Fn::Not': [{ Condition: 'B' }] } } },
    ],
    ['two transforms', { Transform: ['T', 'U'] }, { Transform: ['U', 'T'] }],
    ['a resource of another type', resource({}), resource({}, 'AWS::SNS::Topic')],
  ])('%s differs', (_, prod, staging) => {
    expect(found(prod, staging)).not.toEqual([]);
    expect(found(staging, prod)).not.toEqual([]);
  });
});

describe('what differs', () => {
  const group = (rules: Json): JsonObject =>
    resource({ Properties: { SecurityGroupIngress: rules } }, 'AWS::EC2::SecurityGroup');

  it('is told by itself, where it stands in staging', () => {
    const rule = (FromPort: Json, CidrIp: string): JsonObject => ({ IpProtocol: 'tcp', FromPort, CidrIp });
    const prod = group([rule('80', 'a'), rule(443, 'b'), rule(22, 'c')]);
    expect(found(prod, group([rule(22, 'c'), rule(80, 'a'), rule(8443, 'b')]))).toEqual([
      ['X.Properties.SecurityGroupIngress.2.FromPort', 443, 8443],
    ]);
    expect(found(prod, group([rule(443, 'b'), rule(80, 'a')]))).toEqual([
      ['X.Properties.SecurityGroupIngress.2', rule(22, 'c'), undefined],
    ]);
  });

  it('keeps the values that people wrote', () => {
    const queue = (DelaySeconds: Json): JsonObject => resource({ Properties: { DelaySeconds } });
    expect(found(queue('5'), queue(6))).toEqual([['X.Properties.DelaySeconds', '5', 6]]);
  });

  it('is told inside JSON that is written otherwise', () => {
    const board = (DashboardBody: Json): JsonObject =>
      resource({ Properties: { DashboardBody } }, 'AWS::CloudWatch::Dashboard');
    const prod = board('{ "widgets": [ { "title": "a" }, {"title": "b"} ],\n "start": 1 }');
    const staging = board({ 'Fn::Sub': '{"start":1, "widgets":[{"title":"a"},{"title":"${P}"}]}' });
    expect(found(prod, staging)).toEqual([
      ['X.Properties.DashboardBody.(json).widgets.1.title', 'b', { Ref: 'P' }],
    ]);
  });

  it('is found beside a number that no JavaScript number can hold', () => {
    const text = (a: string, b: string): JsonObject =>
      resource({ Properties: { Value: `{"a": ${a}, "b": ${b}}` } }, 'AWS::SSM::Parameter');
    const differences = found(text('12345678901234567890', '1'), text('12345678901234567891', '2'));
    expect(differences.map(([path]) => path)).toEqual(['X.Properties.Value']);
  });

  it('is told in a branch', () => {
    const queue = (name: Json): JsonObject =>
      resource({ Properties: { QueueName: { 'Fn::If': ['C', { 'Fn::Sub': 'a-${P}' }, name] } } });
    const other = resource({
      Properties: { QueueName: { 'Fn::If': ['C', { 'Fn::Join': ['-', ['a', { Ref: 'P' }]] }, 'c'] } },
    });
    expect(found(queue('b'), other)).toEqual([['X.Properties.QueueName.Fn::If.2', 'b', 'c']]);
  });

  it('leaves both templates as they were', () => {
    const [prod, staging] = [
      group([{ FromPort: '1' }, { FromPort: 2 }]),
      group([{ FromPort: 2 }, { FromPort: 1 }]),
    ];
    const before = JSON.stringify([prod, staging]);
    expect(found(prod, staging)).toEqual([]);
    expect(JSON.stringify([prod, staging])).toBe(before);
  });
});

it('pairs resources with other ids by what they mean', () => {
  const stack = (topic: string, queue: string, value: Json, ports: readonly Json[]): JsonObject => ({
    Resources: {
      [topic]: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: value } },
      [queue]: {
        Type: 'AWS::EC2::SecurityGroup',
        DependsOn: topic,
        Properties: { SecurityGroupIngress: ports.map((FromPort) => ({ FromPort })) },
      },
      Other: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupIngress: [{ FromPort: 7 }] } },
    },
  });
  const prod = stack('A', 'B', { 'Fn::Sub': 'a-${B.GroupId}' }, [1, '2']);
  const staging = stack('Z', 'Y', { 'Fn::Join': ['-', ['a', { 'Fn::GetAtt': ['Y', 'GroupId'] }]] }, ['2', 1]);
  const report = parityOfTemplates(prod, staging);
  expect(report.forbidden).toEqual([]);
  expect(report.renamed).toEqual(
    expect.arrayContaining([
      { prod: 'A', staging: 'Z' },
      { prod: 'B', staging: 'Y' },
    ]),
  );
});

it('pairs resources with other ids by what they mean, and not in turn', () => {
  const topic = (DisplayName: Json): JsonObject => ({ Type: 'AWS::SNS::Topic', Properties: { DisplayName } });
  const prod = { A: topic({ 'Fn::Sub': 'a-${P}' }), B: topic({ 'Fn::Sub': 'b-${P}' }) };
  const staging = {
    Y: topic({ 'Fn::Join': ['-', ['b', { Ref: 'P' }]] }),
    Z: topic({ 'Fn::Join': ['-', ['a', { Ref: 'P' }]] }),
  };
  expect(found({ Resources: prod }, { Resources: staging })).toEqual([]);
});

/** A value, from which its spellings are made: what is in no order, texts with references, scalars of which CloudFormation makes others. */
type Meant =
  | { readonly set: readonly Meant[]; readonly isOneOrMany?: boolean }
  | { readonly list: readonly Meant[] }
  | { readonly object: Readonly<Record<string, Meant>> }
  | { readonly pieces: readonly (string | { readonly ref: string })[] }
  | { readonly scalar: number | boolean }
  | { readonly json: Meant };

const word = fc.stringMatching(/^[a-z]{1,6}$/);
const text = fc
  .array(
    fc.oneof(
      word,
      word.map((ref) => ({ ref: `R${ref}` })),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((pieces): Meant => ({ pieces }));
const scalar = fc.oneof(fc.integer(), fc.boolean()).map((it): Meant => ({ scalar: it }));
const entry = (of: Readonly<Record<string, fc.Arbitrary<Meant>>>): fc.Arbitrary<Meant> =>
  fc.record(of).map((object): Meant => ({ object: object as Record<string, Meant> }));
const many = (of: fc.Arbitrary<Meant>) => fc.array(of, { minLength: 1, maxLength: 4 });
const setOf = (of: fc.Arbitrary<Meant>, isOneOrMany = false) =>
  many(of).map((set): Meant => ({ set, isOneOrMany }));
const named = (names: readonly string[], key: string, of: Readonly<Record<string, fc.Arbitrary<Meant>>>) =>
  fc
    .tuple(...names.map((name) => entry({ [key]: fc.constant<Meant>({ pieces: [name] }), ...of })))
    .map((set): Meant => ({ set }));
const json = fc
  .record({ a: scalar, b: text, c: many(text).map((list): Meant => ({ list })) })
  .map((object): Meant => ({ json: { object } }));

/** Properties of types, with what the specification says of them. */
const TYPES: Readonly<Record<string, fc.Arbitrary<Meant>>> = {
  'AWS::EC2::SecurityGroup': entry({
    GroupDescription: text,
    SecurityGroupIngress: setOf(entry({ IpProtocol: text, FromPort: scalar, CidrIp: text })),
    Tags: named(['a', 'b'], 'Key', { Value: text }),
  }),
  'AWS::ECS::TaskDefinition': entry({
    Cpu: scalar,
    ContainerDefinitions: named(['one', 'two'], 'Name', {
      Image: text,
      Command: many(text).map((list): Meant => ({ list })),
      Environment: named(['x', 'y', 'z'], 'Name', { Value: text }),
    }),
  }),
  'AWS::IAM::ManagedPolicy': entry({
    PolicyDocument: entry({
      Version: fc.constant<Meant>({ pieces: ['2012-10-17'] }),
      Statement: setOf(entry({ Effect: text, Action: setOf(text, true), Resource: setOf(text, true) }), true),
    }),
  }),
  'AWS::CloudWatch::Dashboard': entry({ DashboardName: text, DashboardBody: json }),
  'AWS::WAFv2::IPSet': entry({ Addresses: setOf(text), Scope: text }),
  'Custom::Thing': entry({ ServiceToken: text, Deep: entry({ Flag: scalar, Name: text }) }),
};

/** One of the ways to write a value, by random choices. */
class Speller {
  constructor(private readonly chance: fc.GeneratorValue) {}

  spell(meant: Meant): Json {
    if ('set' in meant) {
      const items = this.shuffled(meant.set).map((item) => this.spell(item));
      return meant.isOneOrMany === true && items.length === 1 && this.flips() ? items[0]! : items;
    }
    if ('list' in meant) return meant.list.map((item) => this.spell(item));
    if ('object' in meant) {
      const entries = this.shuffled(Object.entries(meant.object)).map(([key, value]) => [
        key,
        this.spell(value),
      ]);
      return Object.fromEntries(
        this.flips() ? entries : [['Absent', { Ref: 'AWS::NoValue' }], ...entries],
      ) as Json;
    }
    if ('scalar' in meant) return this.flips() ? meant.scalar : String(meant.scalar);
    return 'json' in meant ? this.join(this.jsonOf(meant.json)) : this.text(meant.pieces);
  }

  private text(pieces: readonly (string | { readonly ref: string })[]): Json {
    const parts = pieces.map((piece): Json => (typeof piece === 'string' ? piece : { Ref: piece.ref }));
    if (this.flips()) return this.join(parts);
    return {
      'Fn::Sub': pieces.map((piece) => (typeof piece === 'string' ? piece : `\${${piece.ref}}`)).join(''),
    };
  }

  /** The parts of a JSON text, in which scalars are what they are. */
  private jsonOf(meant: Meant): Json[] {
    const spaces = (): string => (this.flips() ? '' : ' \n');
    if ('scalar' in meant) return [`${spaces()}${meant.scalar}${spaces()}`];
    if ('pieces' in meant)
      return [
        '"',
        ...meant.pieces.map((piece): Json => (typeof piece === 'string' ? piece : { Ref: piece.ref })),
        '"',
      ];
    if ('object' in meant) {
      const members = this.shuffled(Object.entries(meant.object)).map(([key, value]): Json[] => [
        `${spaces()}"${key}":`,
        ...this.jsonOf(value),
      ]);
      return ['{', ...members.flatMap((member, i) => (i === 0 ? member : [',', ...member])), '}'];
    }
    const items = ('list' in meant ? meant.list : []).map((item) => this.jsonOf(item));
    return ['[', ...items.flatMap((item, i) => (i === 0 ? item : [',', ...item])), ']'];
  }

  private join(parts: readonly Json[]): Json {
    if (parts.every((part) => typeof part === 'string') && this.flips()) return parts.join('');
    const at = this.upTo(parts.length);
    if (this.flips()) return { 'Fn::Join': ['', parts] };
    return { 'Fn::Join': ['', [{ 'Fn::Join': ['', parts.slice(0, at)] }, ...parts.slice(at)]] };
  }

  private flips = (): boolean => this.chance(fc.boolean);
  private upTo = (max: number): number => this.chance(fc.nat, { max });
  private shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.upTo(left.length - 1), 1)[0]!);
  }
}

const templateOf = (meant: Readonly<Record<string, Meant>>, speller: Speller): JsonObject => ({
  Resources: Object.fromEntries(
    Object.entries(meant).map(([Type, Properties], i) => [
      `X${i}`,
      { Type, Properties: speller.spell(Properties) },
    ]),
  ),
});

const resources = fc.record(TYPES);

it('finds nothing between two spellings of anything', () => {
  fc.assert(
    fc.property(resources, fc.gen(), (meant, chance) => {
      const speller = new Speller(chance);
      expect(found(templateOf(meant, speller), templateOf(meant, speller))).toEqual([]);
    }),
  );
});

/** The places of a value where something else could stand. */
function leavesOf(meant: Meant, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if ('pieces' in meant) return meant.pieces.map((_, i) => [...path, 'pieces', i]);
  if ('scalar' in meant) return [[...path, 'scalar']];
  if ('json' in meant) return leavesOf(meant.json, [...path, 'json']);
  const [key, items] = Object.entries(meant)[0] as [string, Record<string, Meant>];
  return Object.entries(items).flatMap(([step, item]) => leavesOf(item, [...path, key, step]));
}

function changed(value: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (step === undefined) {
    if (typeof value === 'string') return `${value}0`;
    if (typeof value === 'number') return value + 1;
    return typeof value === 'boolean' ? !value : { ref: `${(value as { ref: string }).ref}0` };
  }
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  copy[step] = changed(copy[step], rest);
  return copy;
}

it('finds every change of a leaf, however the rest is written', () => {
  fc.assert(
    fc.property(resources, fc.gen(), fc.nat(), (meant, chance, which) => {
      const places = Object.entries(meant).flatMap(([type, it]) => leavesOf(it, [type]));
      const place = places[which % places.length]!;
      const other = changed(meant, place) as Record<string, Meant>;
      const speller = new Speller(chance);
      expect(found(templateOf(meant, speller), templateOf(other, speller))).not.toEqual([]);
    }),
    { numRuns: 200 },
  );
});
