import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { join } from 'node:path';
import type { Deployment } from '../../lib/targets/target';
import { vpcIn, vpcSubnets } from './shop-tiers';
import { synthesizeTwins, type TopologyProps } from './twins-app';

/** A PostgreSQL instance with a standby and a read replica, a MySQL instance with neither, and a service that uses the first. */
class Books extends Construct {
  constructor(scope: Construct, id: string, { tasks, release }: TopologyProps) {
    super(scope, id);
    const vpc = vpcIn(this);
    const placed = { vpc, vpcSubnets, instanceType: new ec2.InstanceType('t4g.medium') };
    const ledger = new rds.DatabaseInstance(this, 'Ledger', {
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }),
      databaseName: 'ledger',
      multiAz: true,
      storageEncrypted: true,
      backupRetention: Duration.days(7),
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...placed,
    });
    new rds.DatabaseInstanceReadReplica(this, 'Copy', { sourceDatabaseInstance: ledger, ...placed });
    new rds.DatabaseInstance(this, 'Notes', {
      engine: rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_0 }),
      ...placed,
    });
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task');
    taskDefinition.addContainer('web', {
      image: ecs.ContainerImage.fromRegistry(`books:${release}`),
      secrets: { LEDGER_PASSWORD: ecs.Secret.fromSecretsManager(ledger.secret!, 'password') },
      logging: ecs.LogDrivers.awsLogs({ streamPrefix: 'web', logGroup: new LogGroup(this, 'Logs') }),
    });
    new ecs.FargateService(this, 'Web', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc }),
      taskDefinition,
      desiredCount: tasks,
      minHealthyPercent: 100,
      assignPublicIp: true,
      vpcSubnets,
    });
  }
}

/** A deployment of a release, in a folder. */
export function instancesIn(
  folder: string,
  release: string,
  rehearsal: string,
  context: Readonly<Record<string, string>> = {},
): Deployment {
  const assembly = join(folder, `books-${release}-${rehearsal}`);
  synthesizeTwins({ topology: Books, outdir: assembly, release, rehearsal, context });
  return { release, assembly, environment: 'Staging' };
}
