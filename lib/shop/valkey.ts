import { Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import { GUARDED_PORT } from './closed-group';
import { GeneratedSecret } from './generated-secret';
import { SourceLogs } from './logs';
import type { Network } from './network';

/** What a Valkey replication group is made with. */
export interface ValkeyProps {
  /** Where it lives. */
  readonly network: Network;
  /** What it holds. */
  readonly description: string;
  /** The type of each node, such as `cache.r7g.large`. */
  readonly node: string;
  /** What it does when it is full, and whether it is sharded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** How its nodes are arranged, and how long snapshots are kept. */
  readonly arrangement: ValkeyArrangement;
}

/** How the nodes of a replication group are arranged, and how many days its snapshots are kept. */
export type ValkeyArrangement = Pick<
  elasticache.CfnReplicationGroupProps,
  'clusterMode' | 'numCacheClusters' | 'numNodeGroups' | 'replicasPerNodeGroup' | 'snapshotRetentionLimit'
>;

/** A Valkey replication group over several zones, with TLS, a password and its slow log. */
export class Valkey extends Construct implements ec2.IConnectable {
  /** The nodes. */
  readonly group: elasticache.CfnReplicationGroup;
  readonly connections: ec2.Connections;
  /** The password of every node. */
  readonly authToken: ecs.Secret;

  constructor(scope: Construct, id: string, props: ValkeyProps) {
    super(scope, id);
    const securityGroup = props.network.closedGroup(`${scope.node.id}Group`, props.description);
    this.connections = new ec2.Connections({
      securityGroups: [securityGroup],
      defaultPort: ec2.Port.tcp(VALKEY_PORT),
    });
    const secret = new GeneratedSecret(this, 'AuthToken', { description: `Password: ${props.description}` });
    this.authToken = ecs.Secret.fromSecretsManager(secret);
    this.group = new elasticache.CfnReplicationGroup(this, 'Group', {
      ...SECURE,
      engine: 'valkey',
      engineVersion: '8.1',
      // A minor upgrade would reach environments on different days: the version moves with a release instead.
      autoMinorVersionUpgrade: false,
      replicationGroupDescription: props.description,
      cacheNodeType: props.node,
      port: VALKEY_PORT,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      authToken: secret.secretValue.unsafeUnwrap(),
      securityGroupIds: [securityGroup.securityGroupId],
      cacheParameterGroupName: this.makeParameters(props).ref,
      cacheSubnetGroupName: this.makeSubnetGroup(props.network).ref,
      logDeliveryConfigurations: [slowLog(new SourceLogs(this, 'SlowLogs'))],
      ...props.arrangement,
    });
    Validations.of(this.group).acknowledge({
      id: 'AwsSolutions-AEC5',
      reason: GUARDED_PORT,
    });
  }

  private makeParameters({ description, parameters }: ValkeyProps): elasticache.CfnParameterGroup {
    return new elasticache.CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: 'valkey8',
      description,
      properties: parameters,
    });
  }

  private makeSubnetGroup({ vpc }: Network): elasticache.CfnSubnetGroup {
    const { subnetIds } = vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_ISOLATED });
    return new elasticache.CfnSubnetGroup(this, 'Subnets', { description: 'Isolated subnets', subnetIds });
  }
}

/** The port of every Valkey node. */
export const VALKEY_PORT = 6379;

const SECURE = {
  atRestEncryptionEnabled: true,
  transitEncryptionEnabled: true,
  transitEncryptionMode: 'required',
};

function slowLog({
  logGroupName,
}: SourceLogs): elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty {
  return {
    logType: 'slow-log',
    logFormat: 'json',
    destinationType: 'cloudwatch-logs',
    destinationDetails: { cloudWatchLogsDetails: { logGroup: logGroupName } },
  };
}
