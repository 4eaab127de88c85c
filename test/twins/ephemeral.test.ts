import { Aspects, Aws, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { CfnSchedulingPolicy } from 'aws-cdk-lib/aws-batch';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BuildSpec, Project } from 'aws-cdk-lib/aws-codebuild';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, type CfnTable, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AsgCapacityProvider } from 'aws-cdk-lib/aws-ecs';
import { CfnFileSystem, FileSystem } from 'aws-cdk-lib/aws-efs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BackupPlan, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import { MethodLoggingLevel, RestApi } from 'aws-cdk-lib/aws-apigateway';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as rds from 'aws-cdk-lib/aws-rds';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Code, Function, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import { ApplicationLoadBalancer, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AmazonLinuxImage, CfnLaunchTemplate, InstanceType, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnDBCluster } from 'aws-cdk-lib/aws-docdb';
import { CfnDBCluster as CfnGraphCluster } from 'aws-cdk-lib/aws-neptune';
import { Bucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RESTORE_CONTEXT, snapshotNameOf } from '../../lib/aws/restore-request';
import type { Json } from '../../lib/json';
import { count, defineScale, Twins, type ScaleOf, type Snapshot } from '../../lib';
import { parityOfAssembly } from '../../lib/parity/assembly-parity';
import { tearDownFindings } from '../../lib/checks/tear-down';
import { textOf } from '../../lib/template/text';
import '../../lib/jest';
import { newApp } from '../app';
import { Database, expires, parityOf, production, scale, small, twinsOf } from './pair';

const tasks = defineScale({ size: count({ reason: 'less' }) });

/** One of everything that being ephemeral changes beyond a database. */
class Everything extends Construct {
  constructor(scope: Construct, id: string, { scale: { size } }: { scale: ScaleOf<typeof tasks> }) {
    super(scope, id);
    new Bucket(this, 'Assets', { enforceSSL: true });
    new Bucket(this, 'Uploads');
    const vpc = new Vpc(this, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false });
    new ApplicationLoadBalancer(this, 'Web', { vpc, deletionProtection: true });
    new CfnLoadBalancer(this, 'Plain', {
      loadBalancerAttributes: [
        { key: 'idle_timeout.timeout_seconds', value: '30' },
        { key: 'deletion_protection.enabled', value: 'true' },
      ],
    });
    new CfnReplicationGroup(this, 'Cache', {
      replicationGroupDescription: 'cache',
      snapshotRetentionLimit: 7,
      numNodeGroups: size,
    });
    new CfnDBCluster(this, 'Documents', {
      masterUsername: 'shop',
      storageEncrypted: true,
      deletionProtection: true,
    });
  }
}

function everything(restoreFrom: Record<string, Snapshot> = {}, context: Record<string, string> = {}) {
  const app = newApp();
  for (const [key, value] of Object.entries(context)) app.node.setContext(key, value);
  const twins = new Twins(app, { scale: tasks, environment: Everything });
  twins.prod('Prod', { scale: { size: 4 } });
  twins.staging('Staging', { scale: { size: 2 }, expires, restoreFrom });
  return {
    app,
    template: () =>
      Template.fromJSON(app.synth().getStackByName('Staging').template as Record<string, unknown>),
  };
}

it('is a twin where a tag of a bucket is called by a hash of its path, and another one stands before it', () => {
  class Site extends Construct {
    constructor(scope: Construct, id: string, { scale: { size } }: { scale: ScaleOf<typeof tasks> }) {
      super(scope, id);
      new CfnReplicationGroup(this, 'Cache', { replicationGroupDescription: 'c', numNodeGroups: size });
      const destinationBucket = new Bucket(this, 'Pages');
      new BucketDeployment(this, 'Files', { destinationBucket, sources: [Source.data('index.html', '<p>')] });
    }
  }
  const app = newApp();
  const twins = new Twins(app, { scale: tasks, environment: Site });
  twins.prod('Prod', { scale: { size: 4 } });
  twins.staging('Staging', { scale: { size: 2 }, expires });
  const assembly = app.synth();
  const tagsOf = (name: string) =>
    Object.values(assembly.getStackByName(name).template.Resources as Record<string, { Type: string }>)
      .filter(({ Type }) => Type === 'AWS::S3::Bucket')
      .map((it) =>
        (it as { Properties?: { Tags?: { Key: string }[] } }).Properties?.Tags?.map(({ Key }) => Key),
      );
  expect(tagsOf('Prod')).toEqual([[expect.stringMatching(/^aws-cdk:cr-owned:/)]]);
  expect(tagsOf('Staging')).toEqual([
    ['aws-cdk:auto-delete-objects', expect.stringMatching(/^aws-cdk:cr-owned:/)],
  ]);
  expect(parityOfAssembly(assembly.directory)).toMatchObject([{ verdict: 'twins', forbidden: [] }]);
});

describe('a staging', () => {
  const { app, template } = everything();

  it('is a twin in spite of all that being ephemeral changes', () => {
    expect(parityOfAssembly(app.synth().directory)).toMatchObject([{ verdict: 'twins', forbidden: [] }]);
  });

  it('retains no resource', () => {
    const resources = Object.values(
      template().toJSON()['Resources'] as Record<string, Record<string, unknown>>,
    );
    expect(resources.length).toBeGreaterThan(20);
    expect(
      resources.filter((it) => it['DeletionPolicy'] !== 'Delete' || it['UpdateReplacePolicy'] !== 'Delete'),
    ).toEqual([]);
  });

  it('protects no load balancer, made by the L2 or not', () => {
    const attributes = Object.values(
      template().findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'),
    ).map(
      (it) =>
        (it as { Properties: { LoadBalancerAttributes: { Key: string; Value: string }[] } }).Properties
          .LoadBalancerAttributes,
    );
    expect(attributes.map((list) => list.filter(({ Key }) => Key === 'deletion_protection.enabled'))).toEqual(
      [
        [{ Key: 'deletion_protection.enabled', Value: 'false' }],
        [{ Key: 'deletion_protection.enabled', Value: 'false' }],
      ],
    );
    expect(attributes.flat()).toContainEqual({ Key: 'idle_timeout.timeout_seconds', Value: '30' });
  });

  it('keeps no backup of a cache and protects no cluster', () => {
    template().hasResourceProperties('AWS::ElastiCache::ReplicationGroup', { SnapshotRetentionLimit: 0 });
    template().hasResourceProperties('AWS::DocDB::DBCluster', {
      DeletionProtection: false,
      BackupRetentionPeriod: 1,
    });
  });

  it('empties each bucket before it is deleted, and leaves no log of having done so', () => {
    template().resourceCountIs('Custom::S3AutoDeleteObjects', 2);
    template().hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('StagingLogs') } },
    });
  });
});

/** What writes to log groups that services make by themselves. */
class Logging extends Construct {
  constructor(scope: Construct, id: string, { scale: { size } }: { scale: ScaleOf<typeof tasks> }) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false });
    new rds.DatabaseCluster(this, 'Orders', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_7 }),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      writer: rds.ClusterInstance.provisioned('Writer'),
      readers: Array.from({ length: size }, (_, i) => rds.ClusterInstance.provisioned(`Reader${i}`)),
      cloudwatchLogsExports: ['postgresql'],
    });
    new CfnDBCluster(this, 'Catalog', {
      dbClusterIdentifier: `${Stack.of(this).stackName.toLowerCase()}-catalog`,
      enableCloudwatchLogsExports: ['audit', 'profiler'],
    });
    new rds.CfnDBInstance(this, 'Ledger', {
      dbInstanceIdentifier: `${Aws.STACK_NAME}-Ledger`,
      enableCloudwatchLogsExports: ['postgresql'],
    });
    const kubernetes = new eks.CfnCluster(this, 'Kubernetes', {
      roleArn: new Role(this, 'KubernetesRole', { assumedBy: new ServicePrincipal('eks.amazonaws.com') })
        .roleArn,
      resourcesVpcConfig: { subnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId) },
      logging: { clusterLogging: { enabledTypes: [{ type: 'audit' }] } },
    });
    Validations.of(kubernetes).acknowledge({
      id: 'cdk-twin-staging::TWIN-TD-001',
      reason: 'nothing in it makes load balancers or volumes',
    });
    const cluster = new ecs.Cluster(this, 'Cluster', {
      vpc,
      containerInsightsV2: ecs.ContainerInsights.ENABLED,
    });
    const task = new ecs.FargateTaskDefinition(this, 'Task');
    task.addContainer('web', {
      image: ecs.ContainerImage.fromRegistry('nginx'),
      logging: ecs.LogDriver.awsLogs({ streamPrefix: 'web', logGroup: new LogGroup(this, 'WebLogs') }),
    });
    new ecs.FargateService(this, 'Web', { cluster, taskDefinition: task, desiredCount: 2 * size });
    const api = new RestApi(this, 'Api', {
      deployOptions: { stageName: 'live', loggingLevel: MethodLoggingLevel.INFO },
      cloudWatchRole: false,
    });
    api.root.addMethod('GET');
  }
}

describe('a staging whose services make log groups', () => {
  const app = newApp();
  const twins = new Twins(app, { scale: tasks, environment: Logging });
  const prod = Stack.of(twins.prod('Prod', { scale: { size: 4 } }));
  const staging = Stack.of(twins.staging('Staging', { scale: { size: 2 }, expires }));

  it('is a twin, makes them itself, and leaves none of them', () => {
    expect(staging).toBeTwinOf(prod);
    const { tearDown } = parityOf(app).checks!;
    expect(tearDown.acknowledged.map(({ id }) => id)).toEqual(['TWIN-TD-001']);
    expect(tearDown.notes.filter((note) => !note.includes('EKS'))).toEqual([]);
    const rules = tearDownFindings(Template.fromStack(prod).toJSON()).map(({ rule }) => rule);
    expect(rules.filter((rule) => rule === 'log-group')).toHaveLength(7);
  });

  it('names them as the services would, before these do, and deletes them after whatever writes', () => {
    const template = Template.fromStack(staging).toJSON() as {
      Resources: Record<string, { Type: string; Properties: Record<string, Json>; DependsOn?: string[] }>;
    };
    const entries = Object.entries(template.Resources);
    const only = (type: string) => entries.find(([, it]) => it.Type === type)!;
    const named = new Map(
      entries.flatMap(([id, it]) =>
        it.Type === 'AWS::Logs::LogGroup' ? [[textOf(it.Properties['LogGroupName']) ?? '', id] as const] : [],
      ),
    );
    const [cluster] = only('AWS::ECS::Cluster');
    const [api] = only('AWS::ApiGateway::RestApi');
    const orders = String(only('AWS::RDS::DBCluster')[1].Properties['DBClusterIdentifier']);
    expect(orders).toMatch(/^staging-[0-9a-f]{8}$/);
    const kubernetes = String(only('AWS::EKS::Cluster')[1].Properties['Name']);
    expect(kubernetes).toMatch(/^staging-[0-9a-f]{8}$/);
    const waits = (type: string, name: string): boolean =>
      only(type)[1].DependsOn!.includes(named.get(name)!);
    expect([...named.keys()].filter((name) => name !== '').sort()).toEqual(
      [
        `API-Gateway-Execution-Logs_\${${api}}/live`,
        '/aws/docdb/staging-catalog/audit',
        '/aws/docdb/staging-catalog/profiler',
        `/aws/ecs/containerinsights/\${${cluster}}/performance`,
        `/aws/eks/${kubernetes}/cluster`,
        `/aws/rds/cluster/${orders}/postgresql`,
        '/aws/rds/instance/staging-ledger/postgresql',
      ].sort(),
    );
    expect(waits('AWS::RDS::DBCluster', `/aws/rds/cluster/${orders}/postgresql`)).toBe(true);
    expect(waits('AWS::EKS::Cluster', `/aws/eks/${kubernetes}/cluster`)).toBe(true);
    expect(waits('AWS::DocDB::DBCluster', '/aws/docdb/staging-catalog/profiler')).toBe(true);
    expect(waits('AWS::ApiGateway::Stage', `API-Gateway-Execution-Logs_\${${api}}/live`)).toBe(true);
    expect(waits('AWS::ECS::Service', `/aws/ecs/containerinsights/\${${cluster}}/performance`)).toBe(true);
  });
});

/** What of each type an app may be made of that keeps something, writes somewhere or makes logs. */
class Keeping extends Construct {
  constructor(scope: Construct, id: string, { scale: { size } }: { scale: ScaleOf<typeof tasks> }) {
    super(scope, id);
    const code = Code.fromInline('exports.handler = async () => {};');
    const lambda = { runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code };
    new Function(this, 'Plain', { ...lambda, memorySize: 128 * size });
    new Function(this, 'Named', { ...lambda, functionName: `${Stack.of(this).stackName}-named` });
    new Function(this, 'Json', { ...lambda, loggingFormat: LoggingFormat.JSON });
    new Function(this, 'Own', { ...lambda, logGroup: new LogGroup(this, 'OwnLogs') });
    const known = new Function(this, 'Known', lambda);
    new LogGroup(this, 'KnownLogs', { logGroupName: `/aws/lambda/${known.functionName}` });
    const table = { partitionKey: { name: 'id', type: AttributeType.STRING } };
    const kept = new Table(this, 'Table', {
      ...table,
      deletionProtection: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    new TableV2(this, 'Orders', {
      ...table,
      deletionProtection: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    const plan = BackupPlan.dailyWeeklyMonthly5YearRetention(this, 'Plan', new BackupVault(this, 'Vault'));
    plan.addSelection('Selection', { resources: [BackupResource.fromDynamoDbTable(kept)] });
    new CfnSchedulingPolicy(this, 'Fair');
    new UserPool(this, 'Users', { deletionProtection: true });
    new CfnLaunchTemplate(this, 'Template', {
      launchTemplateData: {
        disableApiTermination: true,
        blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { deleteOnTermination: false } }],
      },
    });
    new Project(this, 'Build', { buildSpec: BuildSpec.fromObject({ version: '0.2' }) });
    new CfnWorkGroup(this, 'Queries', { name: `${Stack.of(this).stackName}-queries` });
    const vpc = new Vpc(this, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: true });
    new FileSystem(this, 'Files', { vpc, enableAutomaticBackups: true });
    new CfnFileSystem(this, 'OneZone', { availabilityZoneName: 'eu-west-1a' });
    const group = new AutoScalingGroup(this, 'Group', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      instanceType: new InstanceType('t3.micro'),
      machineImage: new AmazonLinuxImage(),
    });
    new AsgCapacityProvider(this, 'Capacity', { autoScalingGroup: group });
    const logs = new Bucket(this, 'Logs', { objectOwnership: ObjectOwnership.OBJECT_WRITER });
    new CfnDeliveryStream(this, 'Stream', {
      s3DestinationConfiguration: {
        bucketArn: logs.bucketArn,
        roleArn: new Role(this, 'StreamRole', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') })
          .roleArn,
      },
    });
    const site = new Bucket(this, 'Site', { serverAccessLogsBucket: logs });
    new Distribution(this, 'Front', {
      defaultBehavior: { origin: S3BucketOrigin.withOriginAccessControl(site) },
      logBucket: logs,
    });
  }
}

describe('a staging of everything that keeps, writes and logs', () => {
  const app = newApp();
  const twins = new Twins(app, { scale: tasks, environment: Keeping });
  twins.prod('Prod', { scale: { size: 4 } });
  twins.staging('Staging', { scale: { size: 2 }, expires });
  const assembly = app.synth();
  const of = (id: string) =>
    Template.fromJSON(assembly.getStackByName(id).template as Record<string, unknown>);

  it('is a twin', () => {
    expect(parityOfAssembly(assembly.directory)).toMatchObject([{ verdict: 'twins', forbidden: [] }]);
  });

  it('leaves nothing behind, and nothing stops its deletion', () => {
    const found = tearDownFindings(of('Staging').toJSON());
    expect(found.map(({ logicalId, rule }) => `${logicalId} ${rule}`)).toEqual([]);
  });

  it('would leave something of each, were it not for the lifecycle', () => {
    const rules = new Set(tearDownFindings(of('Prod').toJSON()).map(({ rule }) => rule));
    expect([...rules].sort()).toEqual([
      'automated-backups',
      'log-group',
      'not-emptied',
      'protected',
      'query-history',
      'retained',
      'volume',
    ]);
  });

  it('backs up nothing: its plans stay, and select what cannot be', () => {
    const tag = [{ ConditionKey: 'aws:ResourceTag/cdk-twin', ConditionValue: 'staging' }];
    const conditions = (name: string) =>
      Object.values(of(name).findResources('AWS::Backup::BackupSelection')).map(
        (it) =>
          (it as { Properties: { BackupSelection: { Conditions?: unknown } } }).Properties.BackupSelection
            .Conditions,
      );
    expect(conditions('Staging')).toEqual([{ StringEquals: tag, StringNotEquals: tag }]);
    expect(conditions('Prod')).toEqual([undefined]);
    expect(Object.keys(of('Staging').findResources('AWS::Backup::BackupPlan'))).toHaveLength(1);
  });

  it('notes the types of which nobody knows more than the specification', () => {
    const [report] = parityOfAssembly(assembly.directory);
    expect(report!.checks!.tearDown.notes).toEqual([
      "what AWS::Batch::SchedulingPolicy leaves behind nobody has looked at; CloudFormation's specification has nothing that would stay",
    ]);
  });

  it('logs into groups that it makes: one for each function that names none', () => {
    const ids = Object.keys(of('Staging').findResources('AWS::Logs::LogGroup'));
    const own = ids.filter((id) => id.includes('StagingLogs')).map((id) => id.replace(/StagingLogs.*/, ''));
    expect(own.sort()).toEqual([
      expect.stringMatching(/^Build/),
      expect.stringMatching(/^CustomS3AutoDeleteObjects/),
      expect.stringMatching(/^CustomVpcRestrictDefaultSG/),
      expect.stringMatching(/^Json/),
      expect.stringMatching(/^Named/),
      expect.stringMatching(/^Plain/),
    ]);
  });

  it('stops writing to a bucket before it is emptied', () => {
    const resources = of('Staging').toJSON()['Resources'] as Record<
      string,
      { Type: string; DependsOn?: string[] }
    >;
    const waiting = Object.values(resources)
      .filter(({ DependsOn: ids = [] }) =>
        ids.some((id) => id.startsWith('LogsAutoDeleteObjectsCustomResource')),
      )
      .map(({ Type: type }) => type);
    expect(waiting).toEqual(
      expect.arrayContaining([
        'AWS::KinesisFirehose::DeliveryStream',
        'AWS::CloudFront::Distribution',
        'AWS::S3::Bucket',
      ]),
    );
  });
});

it.each<[string, (stack: Stack) => unknown]>([
  ['by its construct', (stack) => new Table(stack, 'Orders', { ...KEYED, deletionProtection: true })],
  [
    'by an override',
    (stack) => cfn(new Table(stack, 'Orders', KEYED)).addPropertyOverride('DeletionProtectionEnabled', true),
  ],
  [
    'by a resource of a type that is named',
    (stack) =>
      new CfnResource(stack, 'Orders', {
        type: 'AWS::DynamoDB::Table',
        properties: { DeletionProtectionEnabled: true },
      }),
  ],
  [
    'later, by an aspect',
    (stack) => {
      const table = cfn(new Table(stack, 'Orders', KEYED)) as CfnTable;
      Aspects.of(stack).add({ visit: (node) => node === table && (table.deletionProtectionEnabled = true) });
    },
  ],
  ['in a list', (stack) => new TableV2(stack, 'Orders', { ...KEYED, deletionProtection: true })],
])('a protection that is set %s is lifted in a staging alone', (_, make) => {
  const { app } = twinsOf({ tasks: [5, 3] }, make);
  const assembly = app.synth();
  const protectedIn = (name: string) =>
    JSON.stringify(assembly.getStackByName(name).template).match(PROTECTED);
  expect(protectedIn('Prod')).toHaveLength(1);
  expect(protectedIn('Staging')).toBeNull();
});
const KEYED = { partitionKey: { name: 'id', type: AttributeType.STRING } };
const PROTECTED = /"DeletionProtectionEnabled":true/g;
const cfn = (table: Table): CfnResource => table.node.defaultChild as CfnResource;

it('a finding of the tear-down is acknowledged where the resource is made, as docs/staging.md shows', () => {
  const made = (isAcknowledged: boolean) =>
    twinsOf({ tasks: [5, 3] }, (stack) => {
      const till = new CfnResource(stack, 'Till', { type: 'Custom::Till' });
      if (!isAcknowledged) return;
      Validations.of(till).acknowledge({
        id: 'cdk-twin-staging::TWIN-TD-002',
        reason: 'its onDelete closes the account that it opens',
      });
    }).app;
  expect(() => made(false).synth()).toThrow(/TWIN-TD-002/);
  expect(() => made(true).synth()).not.toThrow();
});

it('a staging of an included template has its buckets emptied, whatever intrinsics their policies hold', () => {
  const deny = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: { 'Fn::Sub': '${Uploads.Arn}/*' },
  };
  const policyOf = (bucket: string, document: object) => ({
    Type: 'AWS::S3::BucketPolicy',
    Properties: { Bucket: { Ref: bucket }, PolicyDocument: document },
  });
  const included = {
    Conditions: { IsStrict: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-gov-west-1'] } },
    Resources: {
      Assets: { Type: 'AWS::S3::Bucket' },
      AssetsPolicy: policyOf('Assets', {
        'Fn::If': ['IsStrict', { Statement: [] }, { Version: '2012-10-17', Statement: deny }],
      }),
      Uploads: { Type: 'AWS::S3::Bucket' },
      UploadsPolicy: policyOf('Uploads', {
        Statement: { 'Fn::If': ['IsStrict', deny, { Ref: 'AWS::NoValue' }] },
      }),
    },
  };
  const file = join(mkdtempSync(join(tmpdir(), 'twin-included-')), 'included.json');
  writeFileSync(file, JSON.stringify(included));
  const { app } = twinsOf({ tasks: [5, 3] }, (stack) => {
    new CfnInclude(stack, 'Included', { templateFile: file });
  });
  expect(parityOf(app)).toMatchObject({ verdict: 'twins', forbidden: [] });
  const { template } = app.synth().getStackByName('Staging') as {
    template: { Resources: Record<string, Json> };
  };
  expect(tearDownFindings(template)).toEqual([]);
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: { 'Fn::GetAtt': [expect.stringMatching(/Role/), 'Arn'] } },
  };
  expect(template.Resources).toMatchObject({
    AssetsPolicy: {
      Properties: {
        PolicyDocument: {
          'Fn::If': ['IsStrict', { Statement: [statement] }, { Statement: [deny, statement] }],
        },
      },
    },
    UploadsPolicy: {
      Properties: {
        PolicyDocument: { Statement: [{ 'Fn::If': ['IsStrict', deny, { Ref: 'AWS::NoValue' }] }, statement] },
      },
    },
  });
});

describe('a staging that is restored from snapshots', () => {
  const kmsKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/staging';

  it('restores a cluster from a snapshot under its own key, and leaves out what may not stand beside it', () => {
    const app = newApp();
    const twins = new Twins(app, { scale, environment: Database });
    twins.prod('Prod', { scale: production });
    twins.staging('Staging', {
      scale: small,
      expires,
      restoreFrom: { Cluster: { snapshot: 'release-1-42-0', kmsKeyArn } },
    });
    const assembly = app.synth();
    const cluster = (
      assembly.getStackByName('Staging').template as { Resources: Record<string, { Properties: unknown }> }
    ).Resources['Cluster']!.Properties;
    expect(cluster).toMatchObject({ SnapshotIdentifier: 'release-1-42-0', KmsKeyId: kmsKeyArn });
    expect(cluster).not.toHaveProperty('MasterUsername');
    expect(cluster).not.toHaveProperty('StorageEncrypted');
    expect(parityOfAssembly(assembly.directory)).toMatchObject([{ verdict: 'twins' }]);
  });

  it('restores caches and documents too, and stays a twin', () => {
    const { app, template } = everything({
      Cache: { cacheSnapshot: 'nightly' },
      Documents: { snapshot: 'documents-1', kmsKeyArn },
    });
    template().hasResourceProperties('AWS::ElastiCache::ReplicationGroup', { SnapshotName: 'nightly' });
    template().hasResourceProperties('AWS::DocDB::DBCluster', {
      SnapshotIdentifier: 'documents-1',
      KmsKeyId: kmsKeyArn,
    });
    expect(parityOfAssembly(app.synth().directory)).toMatchObject([{ verdict: 'twins' }]);
    const fromS3 = everything({ Cache: { cacheSnapshotArns: ['arn:aws:s3:::backups/1.rdb'] } });
    fromS3.template().hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      SnapshotArns: ['arn:aws:s3:::backups/1.rdb'],
    });
  });

  it('restores its databases from the snapshots that a rehearsal asks for, and no cache', () => {
    const asked = { prefix: 'twin-0123abcd', kmsKeyArn, empty: [] };
    const { app, template } = everything({}, { [RESTORE_CONTEXT]: JSON.stringify(asked) });
    template().hasResourceProperties('AWS::DocDB::DBCluster', {
      SnapshotIdentifier: snapshotNameOf(asked, 'Documents'),
      KmsKeyId: kmsKeyArn,
      MasterUsername: Match.absent(),
    });
    template().hasResourceProperties('AWS::ElastiCache::ReplicationGroup', { SnapshotName: Match.absent() });
    expect(parityOfAssembly(app.synth().directory)).toMatchObject([{ verdict: 'twins' }]);
  });

  it('clones a cluster, under its own key, and restores the caches that a rehearsal asks for', () => {
    const asked = {
      prefix: 'twin-0123abcd',
      kmsKeyArn,
      empty: [],
      clones: { Documents: 'prod-documents' },
      caches: ['Cache'],
    };
    const { app, template } = everything({}, { [RESTORE_CONTEXT]: JSON.stringify(asked) });
    template().hasResourceProperties('AWS::DocDB::DBCluster', {
      SourceDBClusterIdentifier: 'prod-documents',
      RestoreType: 'copy-on-write',
      UseLatestRestorableTime: true,
      KmsKeyId: kmsKeyArn,
      SnapshotIdentifier: Match.absent(),
      MasterUsername: Match.absent(),
      StorageEncrypted: Match.absent(),
    });
    template().hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      SnapshotName: snapshotNameOf(asked, 'Cache'),
    });
    expect(parityOfAssembly(app.synth().directory)).toMatchObject([{ verdict: 'twins' }]);
    const kept = { ...asked, kept: ['Documents'] };
    const again = everything({}, { [RESTORE_CONTEXT]: JSON.stringify(kept) });
    again.template().hasResourceProperties('AWS::DocDB::DBCluster', {
      SnapshotIdentifier: snapshotNameOf({ prefix: 'twin-0123abcd-cp' }, 'Documents'),
      SourceDBClusterIdentifier: Match.absent(),
      RestoreType: Match.absent(),
    });
    // a checkpoint keeps databases alone
    again.template().hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      SnapshotName: snapshotNameOf(asked, 'Cache'),
    });
  });

  it('permits of a clone what makes it one, and no other way to restore it', () => {
    const restored = (more: Readonly<Record<string, unknown>>) => {
      const app = newApp();
      const twins = new Twins(app, { scale, environment: Database });
      twins.prod('Prod', { scale: production });
      const clone = 'arn:aws:rds:eu-west-1:444455556666:cluster:prod-orders';
      const restoreFrom = { Cluster: { clone, kmsKeyArn } };
      const staging = twins.staging('Staging', { scale: small, expires, restoreFrom });
      const cluster = staging.node.findAll().find((it) => it instanceof rds.CfnDBCluster)!;
      for (const [name, value] of Object.entries(more)) cluster.addPropertyOverride(name, value);
      return parityOfAssembly(app.synth().directory);
    };
    expect(restored({})).toMatchObject([{ verdict: 'twins' }]);
    const other = { RestoreType: 'full-copy', UseLatestRestorableTime: false, RestoreToTime: '2026-11-30' };
    for (const [name, value] of Object.entries(other))
      expect(() => restored({ [name]: value })).toThrow(`Cluster.Properties.${name}: no scale factor`);
  });

  it('restores a graph from a snapshot, and leaves its encryption as it is', () => {
    const topology = (scope: Construct, id: string): Stack => {
      const stack = new Stack(scope, id);
      new CfnGraphCluster(stack, 'Graph', { storageEncrypted: true, backupRetentionPeriod: 7 });
      return stack;
    };
    const asked = { prefix: 'twin-0123abcd', kmsKeyArn, empty: [] };
    const app = newApp();
    app.node.setContext(RESTORE_CONTEXT, JSON.stringify(asked));
    const twins = new Twins(app, { scale: tasks, environment: topology });
    twins.prod('Prod', { scale: { size: 4 } });
    const staging = twins.staging('Staging', { scale: { size: 2 }, expires });
    expect(parityOfAssembly(app.synth().directory)).toMatchObject([{ verdict: 'twins' }]);
    Template.fromStack(staging).hasResourceProperties('AWS::Neptune::DBCluster', {
      SnapshotIdentifier: snapshotNameOf(asked, 'Graph'),
      StorageEncrypted: true,
      KmsKeyId: kmsKeyArn,
    });
  });

  it('restores instances that are in no cluster, with a key of the snapshot alone, and not their read replicas', () => {
    const topology = (scope: Construct, id: string): Stack => {
      const stack = new Stack(scope, id);
      const vpc = new Vpc(stack, 'Vpc', { natGateways: 0, restrictDefaultSecurityGroup: false });
      const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });
      const vpcSubnets = { subnetType: SubnetType.PUBLIC };
      const sourceDatabaseInstance = new rds.DatabaseInstance(stack, 'Ledger', {
        engine,
        databaseName: 'ledger',
        multiAz: true,
        storageEncrypted: true,
        vpc,
        vpcSubnets,
      });
      new rds.DatabaseInstanceReadReplica(stack, 'Copy', {
        sourceDatabaseInstance,
        instanceType: new InstanceType('t4g.medium'),
        vpc,
        vpcSubnets,
      });
      return stack;
    };
    const asked = { prefix: 'twin-0123abcd', kmsKeyArn, empty: [] };
    const instances = (context: Record<string, string>, restoreFrom: Record<string, Snapshot> = {}) => {
      const app = newApp();
      for (const [key, value] of Object.entries(context)) app.node.setContext(key, value);
      const twins = new Twins(app, { scale: tasks, environment: topology });
      twins.prod('Prod', { scale: { size: 4 } });
      const staging = twins.staging('Staging', { scale: { size: 2 }, expires, restoreFrom });
      const assembly = app.synth();
      expect(parityOfAssembly(assembly.directory)).toMatchObject([{ verdict: 'twins' }]);
      return Template.fromStack(staging);
    };
    const restored = instances({ [RESTORE_CONTEXT]: JSON.stringify(asked) });
    restored.resourceCountIs('AWS::RDS::DBInstance', 2);
    restored.hasResourceProperties('AWS::RDS::DBInstance', {
      DBSnapshotIdentifier: snapshotNameOf(asked, 'Ledger'),
      MasterUserPassword: Match.anyValue(),
      MasterUsername: Match.absent(),
      DBName: Match.absent(),
      StorageEncrypted: Match.absent(),
      KmsKeyId: Match.absent(),
      MultiAZ: true,
    });
    restored.hasResourceProperties('AWS::RDS::DBInstance', {
      SourceDBInstanceIdentifier: Match.anyValue(),
      DBSnapshotIdentifier: Match.absent(),
    });
    const chosen = instances({}, { Ledger: { instanceSnapshot: 'mine' } });
    chosen.hasResourceProperties('AWS::RDS::DBInstance', { DBSnapshotIdentifier: 'mine' });
    expect(() => instances({}, { Ledger: { snapshot: 'mine', kmsKeyArn } })).toThrow(
      '"Ledger" is an AWS::RDS::DBInstance, which is not restored from snapshot and kmsKeyArn',
    );
    expect(() => instances({}, { Copy: { instanceSnapshot: 'mine' } })).toThrow(
      '"Copy" is no tier that can be restored; use one of: Ledger',
    );
  });

  it('lets begin empty what a rehearsal says so of, and restores from what the app chose itself', () => {
    const asked = { prefix: 'twin-0123abcd', kmsKeyArn, empty: ['Documents'] };
    const context = (empty: readonly string[]) => ({
      [RESTORE_CONTEXT]: JSON.stringify({ ...asked, empty }),
    });
    const snapshot = (it: ReturnType<typeof everything>, is: unknown): void =>
      it.template().hasResourceProperties('AWS::DocDB::DBCluster', { SnapshotIdentifier: is });
    snapshot(everything({}, context(['Documents'])), Match.absent());
    snapshot(everything({}, context(['Doc'])), snapshotNameOf(asked, 'Documents'));
    snapshot(everything({ Documents: { snapshot: 'chosen', kmsKeyArn } }, context([])), 'chosen');
  });

  it('says which tiers there are when it is given another', () => {
    expect(() => everything({ Document: { snapshot: 's', kmsKeyArn } })).toThrow(
      '"Document" is no tier that can be restored; did you mean "Documents"?',
    );
  });

  it('says what a tier is restored from when it is given something else', () => {
    expect(() => everything({ Cache: { snapshot: 's', kmsKeyArn } })).toThrow(
      '"Cache" is an AWS::ElastiCache::ReplicationGroup, which is not restored from snapshot and kmsKeyArn',
    );
    expect(() => everything({ Documents: { cacheSnapshot: 's' } })).toThrow(
      '"Documents" is an AWS::DocDB::DBCluster, which is not restored from cacheSnapshot',
    );
  });
});

it('names a stack by itself when the definition is one', () => {
  class Own extends Stack {
    constructor(scope: Construct, id: string, props: { scale: ScaleOf<typeof tasks>; stackName?: string }) {
      super(scope, id, props.stackName === undefined ? {} : { stackName: props.stackName });
      new CfnReplicationGroup(this, 'Cache', {
        replicationGroupDescription: id,
        numNodeGroups: props.scale.size,
      });
    }
  }
  const app = newApp();
  const twins = new Twins(app, { scale: tasks, environment: Own });
  const prod: Own = twins.prod('Prod', { scale: { size: 4 } });
  twins.staging('Staging', { scale: { size: 2 }, expires, stackName: 'Staging-1' });
  expect(app.synth().stacks.map(({ stackName }) => stackName)).toEqual(['Prod', 'Staging-1']);
  expect(prod.node.tryFindChild('Default')).toBeUndefined();
  expect(parityOfAssembly(app.outdir)).toMatchObject([{ verdict: 'twins' }]);
});
