import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, type IDependable } from 'constructs';
import type { Backend, TierProps } from './tier';
import { Valkey, VALKEY_PORT } from './valkey';

/** The rendered pages: sharded, and the least recently used page goes when memory is full. Kept nowhere else. */
export class Pages extends Construct implements Backend {
  /** The nodes. */
  readonly valkey: Valkey;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, ecs.Secret>>;
  readonly ready: readonly IDependable[];

  constructor(scope: Construct, id: string, { network, scale }: TierProps) {
    super(scope, id);
    this.valkey = new Valkey(this, 'Valkey', {
      network,
      description: 'Rendered pages',
      node: scale.pagesNode,
      parameters: { 'cluster-enabled': 'yes', 'maxmemory-policy': 'allkeys-lru' },
      arrangement: {
        clusterMode: 'enabled',
        numNodeGroups: scale.pagesShards,
        replicasPerNodeGroup: scale.pagesReplicas,
        // A page can be rendered again: there is nothing to restore.
        snapshotRetentionLimit: 0,
      },
    });
    const { group, authToken } = this.valkey;
    // Otherwise another number of shards replaces the group.
    group.cfnOptions.updatePolicy = { useOnlineResharding: true };
    this.ready = [group];
    this.environment = {
      PAGES_HOST: group.attrConfigurationEndPointAddress,
      PAGES_PORT: String(VALKEY_PORT),
    };
    this.secrets = { PAGES_AUTH_TOKEN: authToken };
  }

  /** Opened on Valkey's port only. */
  get connections(): ec2.Connections {
    return this.valkey.connections;
  }
}
