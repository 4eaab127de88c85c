import * as fc from 'fast-check';
import type { FactorList } from '../../../lib/parity/factor-list';
import { parityOfTemplates } from '../../../lib/parity/parity';
import { placeOf } from '../../../lib/parity/reports/parts';
import { checkFactorList } from '../../../lib/parity/schema';
import { suggestAllowlist, type Suggestion } from '../../../lib/parity/suggest/suggest';
import { errorOf } from '../small-shop';

type Resources = Readonly<Record<string, object>>;

const template = (Resources: Resources, more: object = {}) => ({ Resources, ...more });

function suggest(prod: object, staging: object, given?: FactorList): Suggestion {
  const by = (whitelist: FactorList) => parityOfTemplates(prod, staging, { whitelist });
  return suggestAllowlist({ by, prod, staging }, given);
}

/** The suggestion in short: the factors, and the places that none explains. */
function short({ list, left }: Suggestion) {
  return {
    factors: list.factors.map(({ kind, id, type, path }) => [
      kind,
      id ?? type,
      ...(path === undefined ? [] : [path]),
    ]),
    left: left.map((entry) => placeOf(entry)),
  };
}

/** A suggested allowlist with every question answered. */
const answered = (list: FactorList): FactorList => ({
  ...list,
  factors: list.factors.map((factor) => ({ ...factor, reason: 'less traffic' })),
});

/** Reads a suggestion back, and checks that it permits what it says that it does. */
function readBack(prod: object, staging: object, { list, left, groups, naming, lifecycle }: Suggestion) {
  const whitelist = checkFactorList(JSON.parse(JSON.stringify(answered(list))), 'w.json');
  const report = parityOfTemplates(prod, staging, { whitelist });
  expect(report.allowlist!.unused).toEqual([]);
  expect(report.forbidden.map(placeOf).sort()).toEqual(left.map(placeOf).sort());
  expect(report.permitted).toHaveLength(
    groups.reduce((sum, { places }) => sum + places.length, naming.length + lifecycle.length),
  );
  expect(list.factors).toEqual(groups.map(({ entry }) => entry));
  const sizes = groups.map(({ places }) => places.length);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  expect(sizes.every((size) => size > 0)).toBe(true);
}

const of = (type: string, ...all: readonly object[]): Resources =>
  Object.fromEntries(
    all.map((Properties, i) => [`${type.split('::').at(-1)}${i}`, { Type: type, Properties }]),
  );

describe('a factor is suggested', () => {
  it.each<[string, Resources, Resources, readonly unknown[]]>([
    [
      'for all classes of a type',
      of('AWS::EC2::Instance', { InstanceType: 'm7g.4xlarge' }, { InstanceType: 'c7g.2xlarge' }),
      of('AWS::EC2::Instance', { InstanceType: 'm7g.large' }, { InstanceType: 'c7g.large' }),
      ['instanceClass', 'AWS::EC2::Instance', 'Properties.InstanceType'],
    ],
    [
      'for one of several by its id',
      of('AWS::SQS::Queue', { VisibilityTimeout: 300 }, { VisibilityTimeout: 30 }),
      of('AWS::SQS::Queue', { VisibilityTimeout: 60 }, { VisibilityTimeout: 30 }),
      ['duration', 'Queue0', 'Properties.VisibilityTimeout'],
    ],
    [
      'for the range of an Auto Scaling group',
      of('AWS::AutoScaling::AutoScalingGroup', { MinSize: '2', MaxSize: '20' }),
      of('AWS::AutoScaling::AutoScalingGroup', { MinSize: '2', MaxSize: '4' }),
      ['autoscalingRange', 'AWS::AutoScaling::AutoScalingGroup', 'Properties'],
    ],
    [
      'for a group that says with how many it begins',
      of('AWS::AutoScaling::AutoScalingGroup', { MinSize: '2', MaxSize: '20', DesiredCapacity: '6' }),
      of('AWS::AutoScaling::AutoScalingGroup', { MinSize: '2', MaxSize: '4', DesiredCapacity: '3' }),
      ['groupSize', 'AWS::AutoScaling::AutoScalingGroup', 'Properties'],
    ],
    [
      'for a group of nodes',
      of('AWS::EKS::Nodegroup', { ScalingConfig: { MinSize: 3, MaxSize: 9, DesiredSize: 4 } }),
      of('AWS::EKS::Nodegroup', { ScalingConfig: { MinSize: 2, MaxSize: 4, DesiredSize: 2 } }),
      ['groupSize', 'AWS::EKS::Nodegroup', 'Properties.ScalingConfig'],
    ],
    [
      'for what tasks scale between',
      of('AWS::ApplicationAutoScaling::ScalableTarget', {
        ServiceNamespace: 'ecs',
        MinCapacity: 4,
        MaxCapacity: 20,
      }),
      of('AWS::ApplicationAutoScaling::ScalableTarget', {
        ServiceNamespace: 'ecs',
        MinCapacity: 2,
        MaxCapacity: 5,
      }),
      ['autoscalingRange', 'AWS::ApplicationAutoScaling::ScalableTarget', 'Properties'],
    ],
    [
      'for what a table scales between',
      of('AWS::ApplicationAutoScaling::ScalableTarget', {
        ServiceNamespace: 'dynamodb',
        MinCapacity: 40,
        MaxCapacity: 900,
      }),
      of('AWS::ApplicationAutoScaling::ScalableTarget', {
        ServiceNamespace: 'dynamodb',
        MinCapacity: 1,
        MaxCapacity: 5,
      }),
      ['throughputRange', 'AWS::ApplicationAutoScaling::ScalableTarget', 'Properties'],
    ],
    [
      'for what Aurora scales between',
      of('AWS::RDS::DBCluster', { ServerlessV2ScalingConfiguration: { MinCapacity: 2, MaxCapacity: 16 } }),
      of('AWS::RDS::DBCluster', { ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 2 } }),
      ['capacityRange', 'AWS::RDS::DBCluster', 'Properties.ServerlessV2ScalingConfiguration'],
    ],
    [
      'for the size of a Fargate task',
      of('AWS::ECS::TaskDefinition', { Cpu: '2048', Memory: '4096' }),
      of('AWS::ECS::TaskDefinition', { Cpu: '512', Memory: '1024' }),
      ['fargateSize', 'AWS::ECS::TaskDefinition', 'Properties'],
    ],
    [
      'for a number of resources that are alike',
      of('AWS::RDS::DBInstance', { A: 1 }, { A: 1 }, { A: 1 }),
      of('AWS::RDS::DBInstance', { A: 1 }, { A: 1 }),
      ['replicas', 'AWS::RDS::DBInstance'],
    ],
    [
      'for every item of a list',
      of('AWS::EC2::LaunchTemplate', { Disks: [{ VolumeSize: 100 }, { VolumeSize: 200 }] }),
      of('AWS::EC2::LaunchTemplate', { Disks: [{ VolumeSize: 10 }, { VolumeSize: 20 }] }),
      ['storage', 'AWS::EC2::LaunchTemplate', 'Properties.Disks[*].VolumeSize'],
    ],
    [
      'for the one item that differs',
      of('AWS::EC2::LaunchTemplate', { Disks: [{ VolumeSize: 100 }, { VolumeSize: 20 }] }),
      of('AWS::EC2::LaunchTemplate', { Disks: [{ VolumeSize: 10 }, { VolumeSize: 20 }] }),
      ['storage', 'AWS::EC2::LaunchTemplate', 'Properties.Disks[0].VolumeSize'],
    ],
    [
      'for a variable by what it is called',
      of('AWS::ECS::TaskDefinition', { Env: [{ Name: 'CACHE_TTL', Value: '300' }] }),
      of('AWS::ECS::TaskDefinition', { Env: [{ Name: 'CACHE_TTL', Value: '60' }] }),
      ['duration', 'AWS::ECS::TaskDefinition', 'Properties.Env[0].Value'],
    ],
  ])('%s', (_, prod, staging, factor) => {
    const [p, s] = [template(prod), template(staging)];
    const suggestion = suggest(p, s);
    expect(short(suggestion)).toEqual({ factors: [factor], left: [] });
    readBack(p, s, suggestion);
  });

  it('for each group, the smallest first', () => {
    const at = (InstanceType: string, DesiredCount: number): Resources => ({
      ...of('AWS::EC2::Instance', { InstanceType }, { InstanceType }, { InstanceType }),
      ...of('AWS::ECS::Service', { DesiredCount }),
    });
    const [p, s] = [template(at('m7g.4xlarge', 6)), template(at('m7g.large', 2))];
    expect(short(suggest(p, s)).factors).toEqual([
      ['count', 'AWS::ECS::Service', 'Properties.DesiredCount'],
      ['instanceClass', 'AWS::EC2::Instance', 'Properties.InstanceType'],
    ]);
  });

  it('not for variables of two names at one index', () => {
    const task = (Name: string, Value: string) => ({ Env: [{ Name, Value }] });
    const p = template(of('AWS::ECS::TaskDefinition', task('WORKERS', '8'), task('PORT', '8080')));
    const s = template(of('AWS::ECS::TaskDefinition', task('WORKERS', '2'), task('PORT', '80')));
    const suggestion = suggest(p, s);
    expect(short(suggestion)).toEqual({
      factors: [['count', 'TaskDefinition0', 'Properties.Env[0].Value']],
      left: ['TaskDefinition1.Properties.Env[0].Value'],
    });
    expect(suggestion.list.factors[0]!.reason).toBe('why may WORKERS be 2 where production has 8?');
    readBack(p, s, suggestion);
  });
});

it('variables of several resources have a factor each: at one index another may stand', () => {
  const task = (Name: string, Value: string) => ({ Env: [{ Name, Value }] });
  const p = template(of('AWS::ECS::TaskDefinition', task('WORKERS', '8'), task('READERS', '6')));
  const s = template(of('AWS::ECS::TaskDefinition', task('WORKERS', '2'), task('READERS', '3')));
  expect(short(suggest(p, s)).factors).toEqual([
    ['count', 'TaskDefinition0', 'Properties.Env[0].Value'],
    ['count', 'TaskDefinition1', 'Properties.Env[0].Value'],
  ]);
});

describe('no factor is suggested', () => {
  it.each<[string, object, object, string]>([
    [
      'for another family',
      { InstanceType: 'm7g.4xlarge' },
      { InstanceType: 't4g.large' },
      'a burstable class is no stand-in',
    ],
    ['for one where production has many', { DesiredCount: 6 }, { DesiredCount: 1 }, 'allowed is 2 or more'],
    ['for more than production has', { DesiredCount: 6 }, { DesiredCount: 8 }, "more than production's 6"],
    ['for a range that stops', { MinSize: '2', MaxSize: '9' }, { MinSize: '2', MaxSize: '2' }, 'cannot move'],
    ['for a switch', { MultiAZ: true }, { MultiAZ: false }, 'no scale factor explains it'],
    ['for a text', { LaunchType: 'FARGATE' }, { LaunchType: 'EC2' }, 'no scale factor explains it'],
    ['for a port', { Port: 8080 }, { Port: 80 }, 'no scale factor explains it'],
    ['for a version', { EngineVersion: '16' }, { EngineVersion: '15' }, 'no scale factor explains it'],
    ['for what only one has', { DesiredCount: 6 }, {}, 'no scale factor explains it|got undefined'],
    ['for a reference', { DesiredCount: 6 }, { DesiredCount: { Ref: 'N' } }, 'got \\{'],
  ])('%s', (_, prod, staging, why) => {
    const [p, s] = [template(of('AWS::Any::Thing', prod)), template(of('AWS::Any::Thing', staging))];
    const suggestion = suggest(p, s);
    expect(suggestion.list).toEqual({ version: 1, factors: [] });
    expect(suggestion.left).toHaveLength(1);
    expect(suggestion.left[0]!.why).toMatch(new RegExp(why));
    expect(suggestion.left[0]!.why).not.toMatch(/candidate/);
  });

  it('for outputs, parameters and resources of staging alone', () => {
    const p = template({}, { Parameters: { N: { Type: 'Number', Default: 6 } } });
    const s = template(of('AWS::Any::Thing', {}), { Parameters: { N: { Type: 'Number', Default: 2 } } });
    expect(short(suggest(p, s))).toEqual({ factors: [], left: ['Thing0', 'Parameters.N.Default'] });
  });

  it('for twins', () => {
    const p = template(of('AWS::ECS::Service', { DesiredCount: 6 }));
    expect(suggest(p, p)).toEqual({
      list: { version: 1, factors: [] },
      groups: [],
      lifecycle: [],
      naming: [],
      left: [],
    });
  });
});

describe('what is no factor is suggested too', () => {
  const at = (name: string, more: object = {}): Resources => ({
    Orders: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `shop-${name}-orders` }, ...more },
    Mails: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `shop-${name}-mails` } },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { Tags: [{ Key: 'Name', Value: `${name}/logs` }] } },
  });

  it('the names, where physical names differ in them', () => {
    const [p, s] = [template(at('prod')), template(at('staging'))];
    const suggestion = suggest(p, s);
    expect(suggestion.list).toEqual({ version: 1, factors: [], names: { prod: 'prod', staging: 'staging' } });
    expect(suggestion.naming).toHaveLength(3);
    readBack(p, s, suggestion);
  });

  it('the names, where the CDK names things after the paths of their constructs', () => {
    const tagged = (stack: string, path: string, Value: string) => ({
      Type: 'AWS::EC2::VPC',
      Properties: { Tags: [{ Key: 'Name', Value }] },
      Metadata: { 'aws:cdk:path': `${stack}/${path}` },
    });
    const named = (stack: string): Resources => ({
      Vpc: tagged(stack, 'Vpc/Resource', `${stack}/Vpc`),
      Other: tagged(stack, 'Net/Other/Resource', `${stack}/Net`),
    });
    const of_ = (stack: string) => template(named(stack));
    expect(suggest(of_('prod-api'), of_('dev-api')).list.names).toEqual({ prod: 'prod', staging: 'dev' });
    const elsewhere = (stack: string) =>
      template({
        Vpc: tagged('Shop', 'Vpc/Resource', `${stack}/Cache`),
        Other: tagged('Shop', 'Net/Other/Resource', `${stack}/Cache`),
      });
    expect(suggest(elsewhere('blue'), elsewhere('green')).list.names).toBeUndefined();
  });

  it('in the spelling that explains the most', () => {
    const of_ = (name: string, Value: string): Resources => ({
      ...at(name),
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { Tags: [{ Key: 'Name', Value }] } },
    });
    const [p, s] = [template(of_('prod', 'Prod/Vpc')), template(of_('staging', 'Staging/Vpc'))];
    expect(suggest(p, s).list.names).toEqual({ prod: 'Prod', staging: 'Staging' });
  });

  it.each([
    ['a version', 'v1', 'v2'],
    ['a number', '1', '2'],
    ['a letter', 'a', 'b'],
  ])('but not by %s', (_, prod, staging) => {
    expect(suggest(template(at(prod)), template(at(staging))).list.names).toBeUndefined();
  });

  it('but not by what is no name of a resource, nor by one text alone', () => {
    const image = (Image: string) => of('AWS::ECS::TaskDefinition', { Image }, { Image });
    expect(suggest(template(image('web:blue')), template(image('web:green'))).list.names).toBeUndefined();
    const one = (QueueName: string) => of('AWS::SQS::Queue', { QueueName });
    expect(suggest(template(one('fast')), template(one('slow'))).list.names).toBeUndefined();
  });

  it('an ephemeral staging, where that explains something', () => {
    const [p, s] = [template(at('x', { DeletionPolicy: 'Retain' })), template(at('x'))];
    const suggestion = suggest(p, s);
    expect(suggestion.list).toEqual({ version: 1, factors: [], ephemeral: true });
    expect(suggestion.lifecycle).toHaveLength(1);
    readBack(p, s, suggestion);
    expect(suggest(s, p).list).toEqual({ version: 1, factors: [] });
  });
});

describe('beside an allowlist', () => {
  const at = (n: number, QueueName: string): object =>
    template({
      ...of('AWS::ECS::Service', { DesiredCount: n }),
      ...of('AWS::Lambda::Function', { MemorySize: n * 256 }),
      A: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${QueueName}-a` } },
      B: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${QueueName}-b` } },
    });
  const given: FactorList = {
    version: 1,
    factors: [
      { kind: 'count', type: 'AWS::ECS::Service', path: 'Properties.DesiredCount', reason: 'less traffic' },
    ],
    names: { prod: 'prod', staging: 'staging' },
  };

  it('only what it leaves is suggested', () => {
    const suggestion = suggest(at(6, 'prod'), at(2, 'staging'), given);
    expect(suggestion.list).toMatchObject({
      version: 1,
      factors: [{ kind: 'memory', type: 'AWS::Lambda::Function', path: 'Properties.MemorySize' }],
    });
    expect(suggestion.list.names).toBeUndefined();
    expect(suggestion.naming).toEqual([]);
    expect(suggestion.left).toEqual([]);
  });

  it('an entry of it that permits nothing suggests nothing', () => {
    const unused: FactorList = {
      ...given,
      factors: [...given.factors, { ...given.factors[0]!, path: 'Properties.No' }],
    };
    expect(suggest(at(6, 'prod'), at(2, 'staging'), unused).list.factors).toHaveLength(1);
  });
});

it('is refused until each question has an answer', () => {
  const { list } = suggest(
    template(of('AWS::ECS::Service', { DesiredCount: 6 })),
    template(of('AWS::ECS::Service', { DesiredCount: 2 })),
  );
  expect(errorOf(() => checkFactorList(list, 'w.json'))).toMatch(
    /^allowlist-reason: the reason of factors\.0 /,
  );
  expect(() => checkFactorList(answered(list), 'w.json')).not.toThrow();
});

it('changes neither template', () => {
  const [p, s] = [
    template(of('AWS::ECS::Service', { DesiredCount: 6 })),
    template(of('AWS::ECS::Service', { DesiredCount: 2 })),
  ];
  const before = JSON.stringify([p, s]);
  suggest(p, s);
  expect(JSON.stringify([p, s])).toBe(before);
});

it('read back, permits exactly what it says, whatever differs', () => {
  const property = fc.constantFrom(
    'DesiredCount',
    'MinSize',
    'MaxSize',
    'DesiredCapacity',
    'MinCapacity',
    'MaxCapacity',
    'Cpu',
    'Memory',
    'InstanceType',
    'Port',
    'EngineVersion',
    'Name',
    'QueueName',
    'Timeout',
    'Value',
  );
  const leaf = fc.oneof(
    fc.integer({ min: 0, max: 4096 }),
    fc.integer({ min: 0, max: 9 }).map(String),
    fc.constantFrom('256', '512', '1024', '2048', '4096'),
    fc.constantFrom(
      'm7g.large',
      'm7g.4xlarge',
      'cache.r7g.large',
      't4g.micro',
      'prod-x',
      'staging-x',
      true,
      false,
    ),
  );
  const properties = fc.dictionary(
    property,
    fc.oneof({ weight: 4, arbitrary: leaf }, fc.array(fc.dictionary(property, leaf), { maxLength: 3 })),
  );
  const resource = fc.record({
    Type: fc.constantFrom(
      'AWS::ECS::TaskDefinition',
      'AWS::AutoScaling::AutoScalingGroup',
      'AWS::SQS::Queue',
    ),
    Properties: properties,
    DeletionPolicy: fc.constantFrom('Retain', 'Delete'),
  });
  const resources = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D'), resource);
  expect.hasAssertions();
  fc.assert(
    fc.property(resources, resources, (p, s) => {
      const [prod, staging] = [template(p), template(s)];
      readBack(prod, staging, suggest(prod, staging));
    }),
    { numRuns: 60 },
  );
});
