import type { DocumentTier } from '../../../blueprint/blueprint';
import { connectionsOf } from './connections';
import type { DocumentServer } from './server';

/** What the differences of a cluster depend on. */
export interface DocumentDifferencesProps {
  readonly tier: DocumentTier;
  readonly server: DocumentServer;
  readonly isEncrypted: boolean;
  readonly replicationDelayMs: number;
}

/** How a DocumentDB cluster differs on this machine from what it is on AWS, in sentences. */
export function differencesOf(props: DocumentDifferencesProps): readonly string[] {
  const { tier, server, isEncrypted, replicationDelayMs } = props;
  return [
    `MongoDB ${server.version} stands in for DocumentDB ${tier.engineVersion}: operators and indexes that DocumentDB does not have work here, and those that this version does not have fail`,
    'members replicate by the oplog, while those of DocumentDB share one storage; a write waits for a majority of members, unless its client asks for less',
    ...(isEncrypted
      ? [
          "certificates are signed by the environment's own authority: NODE_EXTRA_CA_CERTS names it, and so do variables that name a bundle of Amazon RDS",
        ]
      : []),
    `the size of ${tier.members[0]?.class ?? 'its instances'} is not imitated: members share the processors and the memory of this machine, and offer as many cursors as MongoDB does`,
    connectionsOf(tier).why,
    'an instance that ends by itself is replaced at once; DocumentDB has to notice it first',
    ...(replicationDelayMs > 0 ? [noDelay(tier)] : []),
  ];
}

/**
 * Members know each other by the addresses that clients have: nothing can be put between them. The delay that MongoDB itself has
 * (`slaveDelay`, `secondaryDelaySecs`) takes a member from the list that clients get, which then read from the primary alone.
 */
export const noDelay = ({ name }: DocumentTier): string =>
  `the replicas of ${name} ignore the replication delay: clients that know the replica set do not find a member that MongoDB delays, and would read from the primary alone`;
