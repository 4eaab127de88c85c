import { RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, type IDependable } from 'constructs';
import type { Backend, TierProps } from './tier';
import { Valkey, VALKEY_PORT } from './valkey';

/** The sessions: one shard with replicas. It never evicts: losing a key would log a shopper out. */
export class Sessions extends Construct implements Backend {
  /** The nodes. */
  readonly valkey: Valkey;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, ecs.Secret>>;
  readonly ready: readonly IDependable[];

  constructor(scope: Construct, id: string, { network, scale }: TierProps) {
    super(scope, id);
    this.valkey = new Valkey(this, 'Valkey', {
      network,
      description: 'Sessions of shoppers',
      node: scale.sessionsNode,
      parameters: { 'maxmemory-policy': 'noeviction' },
      arrangement: {
        clusterMode: 'disabled',
        // Not ReplicasPerNodeGroup: changing that replaces the group.
        numCacheClusters: 1 + scale.sessionsReplicas,
        snapshotRetentionLimit: 14,
      },
    });
    const { group, authToken } = this.valkey;
    group.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.ready = [group];
    this.environment = {
      SESSIONS_HOST: group.attrPrimaryEndPointAddress,
      SESSIONS_READER_HOST: group.attrReaderEndPointAddress,
      SESSIONS_PORT: String(VALKEY_PORT),
    };
    this.secrets = { SESSIONS_AUTH_TOKEN: authToken };
  }

  /** Opened on Valkey's port only. */
  get connections(): ec2.Connections {
    return this.valkey.connections;
  }
}
