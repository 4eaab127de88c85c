import type { BlueprintStack, Tier } from '../../../../lib/blueprint/blueprint';
import { blueprintOfTemplates } from '../../../../lib/blueprint/read-blueprint';
import type { Json } from '../../../../lib/json';
import { differencesOf, missingBeside } from '../../../../lib/targets/local/emulator/differences';
import { isEmulated, selectionOf } from '../../../../lib/targets/local/emulator/selection';
import { emulatorTemplate, outputKey } from '../../../../lib/targets/local/emulator/template';
import { Names } from '../../../../lib/targets/local/names/names';

type Resources = Readonly<Record<string, { readonly Type: string; readonly [key: string]: Json }>>;
type Stacks = Readonly<Record<string, { readonly Resources: Resources; readonly [section: string]: Json }>>;

const PSEUDO = { 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '111122223333' };

const queue = { Type: 'AWS::SQS::Queue' };
const functionWith = (properties: Record<string, Json> = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Runtime: 'nodejs22.x', Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, ...properties },
});
const role = { Type: 'AWS::IAM::Role' };
const taskWith = (Environment: Json, more: Record<string, Json> = {}) => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: { ContainerDefinitions: [{ Name: 'web', Environment, ...more }] },
});

/** What an emulator is to make of templates. */
function emulated(
  stacks: Stacks,
  { leftOut = [] as string[], runs = (tier: Tier): boolean => isEmulated(tier) } = {},
) {
  const all = Object.entries(stacks).map(([path, template]): BlueprintStack => ({
    path,
    name: `S${path}`,
    template,
  }));
  const blueprint = blueprintOfTemplates('Staging', all);
  const tiers = blueprint.tiers.filter(isEmulated).filter(runs);
  const selection = selectionOf(blueprint, tiers);
  const names = new Names(blueprint);
  const it = emulatorTemplate({ stacks: all, selection, leftOut: new Set(leftOut), names, pseudo: PSEUDO });
  const resources = it.template.Resources as Record<
    string,
    { Properties: Record<string, Json>; DependsOn?: Json }
  >;
  return { ...it, tiers, selection, names, resources, ids: Object.keys(resources) };
}

const alone = (resources: Resources, options?: Parameters<typeof emulated>[1]) =>
  emulated({ '': { Resources: resources } }, options);

describe('an emulator makes', () => {
  it('tiers, what they need and what connects them, and nothing that runs here or on AWS alone', () => {
    const { ids, selection } = alone({
      Jobs: queue,
      Role: role,
      Other: role,
      Consumer: functionWith(),
      Policy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }] } },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] }, FunctionName: { Ref: 'Consumer' } },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { Targets: [{ Arn: { 'Fn::GetAtt': ['Consumer', 'Arn'] } }] },
      },
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Dimensions: [{ Value: { Ref: 'Jobs' } }] } },
      Vpc: { Type: 'AWS::EC2::VPC' },
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { RoleArn: { 'Fn::GetAtt': ['Other', 'Arn'] } },
      },
      Files: { Type: 'AWS::EFS::FileSystem' },
      Filler: { Type: 'Custom::Fill', Properties: { ServiceToken: 'arn', Bucket: { Ref: 'Jobs' } } },
      Stranger: { Type: 'Custom::Fill', Properties: { ServiceToken: 'arn' } },
    });
    expect(ids).toEqual(['Jobs', 'Role', 'Consumer', 'Mapping', 'Rule']);
    expect(selection.custom.map(({ logicalId }) => logicalId)).toEqual(['Filler']);
  });

  it('what a container has the name of, whatever it is, and no secret that it is only given the value of', () => {
    const resources = {
      Pool: { Type: 'AWS::Cognito::UserPool' },
      Key: { Type: 'AWS::SecretsManager::Secret' },
      Password: { Type: 'AWS::SecretsManager::Secret' },
      Task: taskWith(
        [
          { Name: 'POOL', Value: { Ref: 'Pool' } },
          { Name: 'KEY', Value: { 'Fn::Sub': 'a${Key}' } },
        ],
        {
          Secrets: [{ Name: 'PASSWORD', ValueFrom: { Ref: 'Password' } }],
        },
      ),
    };
    expect(alone(resources).ids).toEqual(['Pool', 'Key']);
  });

  it('nothing for what only waits: a staging waits for the schedule that deletes it', () => {
    const Schedule = { Type: 'AWS::Scheduler::Schedule' };
    const { ids, resources } = alone({
      Schedule,
      First: queue,
      Jobs: { ...queue, DependsOn: ['Schedule', 'First'] },
    });
    expect(ids).toEqual(['First', 'Jobs']);
    expect(resources['Jobs']!.DependsOn).toEqual(['First']);
  });

  it('no function that only helps with the deployment, and no source of events for one that does not run', () => {
    const { ids, tiers } = alone(
      {
        Role: role,
        Jobs: queue,
        Old: functionWith({ Runtime: 'java21' }),
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: { EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] }, FunctionName: { Ref: 'Old' } },
        },
        Handler: functionWith(),
        Framework: functionWith({
          Environment: { Variables: { USER: { 'Fn::GetAtt': ['Handler', 'Arn'] } } },
        }),
        Custom: { Type: 'Custom::X', Properties: { ServiceToken: { 'Fn::GetAtt': ['Framework', 'Arn'] } } },
      },
      { runs: (tier) => tier.kind !== 'function' || tier.runtime !== 'java21' },
    );
    expect(ids).toEqual(['Jobs']);
    expect(tiers.map(({ logicalId }) => logicalId)).toEqual(['Jobs']);
  });
});

describe('its template', () => {
  it('keeps references between its resources, and has the values of everything else', () => {
    const { resources } = emulated({
      '': {
        Mappings: { Sizes: { a: { b: '7' } } },
        Conditions: { Yes: { 'Fn::Equals': ['1', '1'] } },
        Resources: {
          Role: role,
          Vpc: { Type: 'AWS::EC2::VPC' },
          Jobs: queue,
          Consumer: functionWith({
            VpcConfig: { SubnetIds: [{ Ref: 'Vpc' }] },
            Timeout: { 'Fn::FindInMap': ['Sizes', 'a', 'b'] },
            Layers: { Ref: 'AWS::NoValue' },
            Description: { 'Fn::If': ['Yes', { 'Fn::Sub': '${Jobs.Arn} in ${AWS::Region}' }, 'no'] },
            Environment: {
              Variables: {
                URL: { Ref: 'Jobs' },
                NAME: { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Jobs', 'Arn'] }] }] },
                JOINED: { 'Fn::Join': ['-', ['a', { Ref: 'Jobs' }, { Ref: 'AWS::AccountId' }]] },
                PLAIN: { 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b'] }] },
                VPC: { Ref: 'Vpc' },
              },
            },
          }),
        },
      },
    });
    expect(resources['Consumer']!.Properties).toEqual({
      Runtime: 'nodejs22.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Timeout: '7',
      Description: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Jobs', 'Arn'] }, ' in eu-west-1']] },
      Environment: {
        Variables: {
          URL: { Ref: 'Jobs' },
          NAME: { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Jobs', 'Arn'] }] }] },
          JOINED: { 'Fn::Join': ['-', ['a', { Ref: 'Jobs' }, '111122223333']] },
          PLAIN: 'b',
          VPC: 's-vpc',
        },
      },
    });
  });

  it('has what another stack exports as the resource that it is', () => {
    const { resources, ids } = emulated({
      Data: {
        Resources: { Jobs: queue },
        Outputs: { Url: { Value: { Ref: 'Jobs' }, Export: { Name: 'jobs-url' } } },
      },
      App: {
        Resources: {
          Role: role,
          Consumer: functionWith({ Environment: { Variables: { URL: { 'Fn::ImportValue': 'jobs-url' } } } }),
        },
      },
    });
    expect(ids).toEqual(['DataJobs', 'AppRole', 'AppConsumer']);
    expect(resources['AppConsumer']!.Properties['Environment']).toEqual({
      Variables: { URL: { Ref: 'DataJobs' } },
    });
    expect(resources['AppConsumer']!.Properties['Role']).toEqual({ 'Fn::GetAtt': ['AppRole', 'Arn'] });
  });

  it('asks for every value that a container is given', () => {
    const { template, outputs } = alone({
      Jobs: queue,
      Task: taskWith([
        { Name: 'URL', Value: { Ref: 'Jobs' } },
        { Name: 'ARN', Value: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Jobs', 'Arn'] }, '/*']] } },
      ]),
    });
    const valueOf = (key: string) => template.Outputs[outputs.get(key)!];
    expect([...outputs.keys()]).toEqual([outputKey('Jobs'), outputKey('Jobs', 'Arn')]);
    expect(valueOf(outputKey('Jobs'))).toEqual({ Value: { Ref: 'Jobs' } });
    expect(valueOf(outputKey('Jobs', 'Arn'))).toEqual({ Value: { 'Fn::GetAtt': ['Jobs', 'Arn'] } });
  });

  it('can always be deleted', () => {
    const Properties = { DeletionProtectionEnabled: true, KeySchema: [] };
    const { resources } = alone({
      Table: {
        Type: 'AWS::DynamoDB::Table',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties,
      },
    });
    expect(resources['Table']).toEqual({
      Type: 'AWS::DynamoDB::Table',
      Properties: { DeletionProtectionEnabled: false, KeySchema: [] },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  it('has the secrets that containers are given, not others', () => {
    const { resources, names } = alone({
      Key: {
        Type: 'AWS::SecretsManager::Secret',
        Properties: { Name: 'key', GenerateSecretString: { PasswordLength: 20 } },
      },
      Task: taskWith([{ Name: 'KEY', Value: { Ref: 'Key' } }]),
    });
    const value = names.secret('', { Ref: 'Key' });
    expect(value).toHaveLength(20);
    expect(resources['Key']!.Properties).toEqual({ Name: 'key', SecretString: value });
  });

  it('is without what a condition leaves out', () => {
    const condition = { 'Fn::Equals': [{ Ref: 'Size' }, 'large'] };
    const stack = (Default: string) => ({
      Parameters: { Size: { Type: 'String', Default } },
      Conditions: { Large: condition },
      Resources: { Jobs: queue, More: { ...queue, Condition: 'Large' } },
    });
    expect(emulated({ '': stack('small') }).ids).toEqual(['Jobs']);
    expect(emulated({ '': stack('large') }).ids).toEqual(['Jobs', 'More']);
  });

  it('is made again without what the emulator does not make: references to it lead nowhere', () => {
    const resources = {
      Jobs: queue,
      Role: role,
      Consumer: functionWith({ Environment: { Variables: { ARN: { 'Fn::GetAtt': ['Jobs', 'Arn'] } } } }),
      Task: taskWith([{ Name: 'URL', Value: { Ref: 'Jobs' } }]),
    };
    const { ids, resources: made, outputs } = alone(resources, { leftOut: ['Jobs'] });
    expect(ids).toEqual(['Role', 'Consumer']);
    expect(made['Consumer']!.Properties['Environment']).toEqual({
      Variables: { ARN: 'jobs.skipped.invalid' },
    });
    expect([...outputs]).toEqual([]);
  });
});

it('a tier says what of it the emulator does not have; what is a part of none is said beside', () => {
  const { selection, tiers } = alone({
    Jobs: queue,
    Pipe: { Type: 'AWS::Pipes::Pipe', Properties: { Source: { 'Fn::GetAtt': ['Jobs', 'Arn'] } } },
    Fill: { Type: 'Custom::Fill', Properties: { ServiceToken: 'x', Queue: { Ref: 'Jobs' } } },
    Pool: { Type: 'AWS::Cognito::UserPool' },
    Task: taskWith([{ Name: 'POOL', Value: { Ref: 'Pool' } }]),
  });
  const leftOut = new Map(['Pipe', 'Pool'].map((id) => [id, 'Emu 1 does not know it']));
  const props = { engine: 'Emu 1', selection, leftOut };
  expect(differencesOf(tiers[0]!, props)).toEqual([
    'Emu 1 stands in for SQS: calls are answered, and its delays, limits, throttling and order under load are not those of AWS',
    'every call is allowed: no policy of the template is made',
    'its data stay as they are when a candidate is retried and when a release is rolled back',
    'AWS::Pipes::Pipe Pipe is not there: Emu 1 does not know it',
    'the custom resource Fill (Custom::Fill) is not run',
  ]);
  expect(missingBeside(tiers, props)).toEqual([
    'AWS::Cognito::UserPool Pool is not there: Emu 1 does not know it',
  ]);
});
