import {
  keepingProperties,
  isCustom,
  isSingleton,
  keptAt,
  liftsIn,
  relatedTypes,
  seemsToVanish,
} from '../../lib/aws/types';
import types from '../../lib/aws/types.json';
import { typesOfSpecification } from '../../scripts/specification';

it('is what the installed specification says: run `npm run aws-types` when it is not', () => {
  expect(types).toEqual(typesOfSpecification());
});

describe('what keeps a resource', () => {
  it.each([
    ['AWS::RDS::DBCluster', { DeletionProtection: true }, ['DeletionProtection'], false],
    ['AWS::RDS::DBCluster', { DeletionProtection: { Ref: 'Protect' } }, ['DeletionProtection'], false],
    ['AWS::Cognito::UserPool', { DeletionProtection: 'ACTIVE' }, ['DeletionProtection'], 'INACTIVE'],
    ['AWS::NetworkFirewall::Firewall', { DeleteProtection: 'true' }, ['DeleteProtection'], false],
    [
      'AWS::DynamoDB::GlobalTable',
      { Replicas: [{ DeletionProtectionEnabled: false }, { DeletionProtectionEnabled: true }] },
      ['Replicas', 1, 'DeletionProtectionEnabled'],
      false,
    ],
    [
      'AWS::EC2::LaunchTemplate',
      { LaunchTemplateData: { DisableApiTermination: true } },
      ['LaunchTemplateData', 'DisableApiTermination'],
      false,
    ],
    [
      'AWS::VerifiedPermissions::PolicyStore',
      { DeletionProtection: { Mode: 'ENABLED' } },
      ['DeletionProtection', 'Mode'],
      'DISABLED',
    ],
  ])('of %s as %j is lifted', (type, properties, path, lifted) => {
    expect(liftsIn(type, properties)).toMatchObject([{ path, lifted, rule: 'protected' }]);
    expect(keptAt(type, path)).toMatchObject({ lifted });
    expect(keepingProperties(type)).toContain(path[0]);
  });

  it.each([
    ['AWS::RDS::DBCluster', {}],
    ['AWS::RDS::DBCluster', { DeletionProtection: 'false' }],
    ['AWS::RDS::DBCluster', { Nested: { DeletionProtection: true } }],
    ['AWS::DynamoDB::GlobalTable', { Replicas: { DeletionProtectionEnabled: true } }],
    ['AWS::SQS::Queue', { DeletionProtection: true }],
    ['toString', { DeletionProtection: true }],
  ])('of %s as %j is nothing', (type, properties) => {
    expect(liftsIn(type, properties)).toEqual([]);
  });

  it('is asked for by its whole place', () => {
    expect(keptAt('AWS::RDS::DBCluster', ['Nested', 'DeletionProtection'])).toBeUndefined();
    expect(keptAt('AWS::RDS::DBCluster', ['constructor'])).toBeUndefined();
    expect(keptAt('constructor', ['DeletionProtection'])).toBeUndefined();
    expect(keepingProperties('toString')).toEqual([]);
  });

  it('is a backup that a deleted table leaves', () => {
    const properties = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
    expect(liftsIn('AWS::DynamoDB::Table', properties)).toMatchObject([
      { rule: 'automated-backups', lifted: false },
    ]);
  });
});

describe('a property that names another resource', () => {
  it.each<[string, (string | number)[], string[]]>([
    ['AWS::Events::Rule', ['EventBusName'], ['AWS::Events::EventBus']],
    ['AWS::EC2::Instance', ['SecurityGroupIds', 0], ['AWS::EC2::SecurityGroup']],
    [
      'AWS::ECS::Service',
      ['LoadBalancers', 1, 'TargetGroupArn'],
      ['AWS::ElasticLoadBalancingV2::TargetGroup'],
    ],
    ['AWS::SNS::Subscription', ['Endpoint'], ['*']],
    ['AWS::Events::Rule', ['Description'], []],
    ['AWS::Logs::LogGroup', ['LogGroupName'], []],
    ['toString', ['length'], []],
  ])('%s %j names one of %j', (type, path, related) => {
    expect(relatedTypes(type, path)).toEqual(related);
  });
});

it("a type seems to vanish when it has neither data nor backups, and is nobody's own code", () => {
  const all = [
    'AWS::Batch::JobQueue',
    'AWS::RDS::DBCluster',
    'AWS::Location::APIKey',
    'Custom::AWS',
    'A::B::C',
  ];
  expect(all.filter(seemsToVanish)).toEqual(['AWS::Batch::JobQueue']);
  expect(seemsToVanish('AWS::CloudFormation::CustomResource')).toBe(false);
  expect(['Custom::AWS', 'AWS::CloudFormation::CustomResource', 'AWS::SQS::Queue'].map(isCustom)).toEqual([
    true,
    true,
    false,
  ]);
  expect(['AWS::Macie::Session', 'AWS::SQS::Queue'].map(isSingleton)).toEqual([true, false]);
});
