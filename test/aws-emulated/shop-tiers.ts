import { RemovalPolicy } from 'aws-cdk-lib';
import * as docdb from 'aws-cdk-lib/aws-docdb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type { Construct } from 'constructs';

/** The subnets that everything is in: the emulator has no NAT gateways. */
export const vpcSubnets = { subnetType: ec2.SubnetType.PUBLIC };

export const vpcIn = (scope: Construct): ec2.Vpc =>
  new ec2.Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [{ name: 'public', ...vpcSubnets }],
  });

/** A document database with a replica. */
export const catalogIn = (scope: Construct, vpc: ec2.IVpc): docdb.DatabaseCluster =>
  new docdb.DatabaseCluster(scope, 'Catalog', {
    masterUser: { username: 'shop' },
    instanceType: ec2.InstanceType.of(ec2.InstanceClass.R6G, ec2.InstanceSize.LARGE),
    instances: 2,
    removalPolicy: RemovalPolicy.RETAIN,
    vpc,
    vpcSubnets,
  });

/** A cache of three shards: with two the emulator differs. */
export function pagesIn(scope: Construct, vpc: ec2.IVpc): elasticache.CfnReplicationGroup {
  const subnets = new elasticache.CfnSubnetGroup(scope, 'Subnets', {
    description: 'of the shop',
    subnetIds: vpc.publicSubnets.map(({ subnetId }) => subnetId),
  });
  return new elasticache.CfnReplicationGroup(scope, 'Pages', {
    replicationGroupDescription: 'pages',
    engine: 'valkey',
    cacheNodeType: 'cache.r7g.large',
    numNodeGroups: 3,
    replicasPerNodeGroup: 1,
    automaticFailoverEnabled: true,
    cacheSubnetGroupName: subnets.ref,
  });
}
