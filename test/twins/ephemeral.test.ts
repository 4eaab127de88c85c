import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import { ApplicationLoadBalancer, CfnLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnDBCluster } from 'aws-cdk-lib/aws-docdb';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { count, defineScale, Twins, type ScaleOf, type Snapshot } from '../../lib';
import { parityOfAssembly } from '../../lib/parity/assembly';
import { Database, expires, newApp, production, scale, small } from './pair';

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

function everything(restoreFrom: Record<string, Snapshot> = {}) {
  const app = newApp();
  const twins = new Twins(app, { scale: tasks, environment: Everything });
  twins.prod('Prod', { scale: { size: 4 } });
  twins.staging('Staging', { scale: { size: 2 }, expires, restoreFrom });
  return {
    app,
    template: () =>
      Template.fromJSON(app.synth().getStackByName('Staging').template as Record<string, unknown>),
  };
}

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
    template().hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: {
        'Fn::Join': [
          '/',
          ['/aws/lambda', { Ref: 'CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F' }],
        ],
      },
    });
    for (const emptier of Object.values(template().findResources('Custom::S3AutoDeleteObjects'))) {
      expect((emptier as { DependsOn: string[] }).DependsOn).toContain('AutoDeleteObjectsLogs');
    }
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
