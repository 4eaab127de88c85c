import type { SqlTier } from '../../../blueprint/blueprint';
import { hasStandby, isMultiAzCluster } from './arrangement';

/** What no tier has here, whatever its engine. */
export const NOT_REPLACED =
  'a member that ends by itself is not replaced; only a failover drill promotes another one';

/** How the failover of a tier differs from that on AWS, whatever its engine. */
export function failoverOf(tier: SqlTier): readonly string[] {
  if (isMultiAzCluster(tier))
    return [
      'a failover takes as long as a reader needs to be promoted, on AWS usually less than 35 s',
      'the writer is not slowed down for replicas that are behind, as flow control does on AWS',
    ];
  if (!tier.instance) return [];
  return hasStandby(tier)
    ? ['a failover takes as long as the standby needs to be promoted, on AWS usually 60 to 120 s']
    : [
        'an instance without a standby is restarted in place, which on AWS takes minutes where its host is lost',
      ];
}

/** How the members of a cluster replicate otherwise than on AWS: those of a Multi-AZ cluster replicate as its engine does. @param by - what */
export const replicationOf = (tier: SqlTier, by: string): readonly string[] =>
  isMultiAzCluster(tier)
    ? []
    : [
        `members replicate by ${by}, while those of Aurora share one storage; a commit waits until one replica has received it`,
      ];
