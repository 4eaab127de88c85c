import { keysOfSnapshots } from './keys';
import { OWN_PREFIX } from './names';
import { ofAccount, type Permission } from './permissions';

/**
 * What a rehearsal does with production's snapshots in production's account: it looks for them, copies them, and shares its
 * copies. It changes and deletes nothing but these copies.
 *
 * @param keyArns - of the KMS keys that the snapshots are encrypted with
 */
export const snapshotPermissions = (keyArns: readonly string[]): readonly Permission[] => [
  {
    actions: [
      'cloudformation:DescribeStacks',
      'cloudformation:ListStackResources',
      'elasticache:DescribeReplicationGroups',
      'elasticache:DescribeSnapshots',
      'elasticache:ListTagsForResource',
      'rds:DescribeDBClusters',
      'rds:DescribeDBClusterSnapshotAttributes',
      'rds:DescribeDBClusterSnapshots',
      'rds:DescribeDBInstances',
      'rds:DescribeDBSnapshotAttributes',
      'rds:DescribeDBSnapshots',
      'rds:ListTagsForResource',
      'tag:GetResources',
    ],
  },
  {
    // IAM asks for the source and the copy alike, and a source may have any name.
    actions: ['rds:CopyDBClusterSnapshot', 'rds:CopyDBSnapshot'],
    on: [ofAccount('rds', 'cluster-snapshot:*'), ofAccount('rds', 'snapshot:*')],
  },
  { actions: ['rds:AddTagsToResource'], on: COPIES },
  {
    actions: ['rds:ModifyDBClusterSnapshotAttribute', 'rds:ModifyDBSnapshotAttribute'],
    on: COPIES,
    tagged: true,
  },
  { actions: ['rds:DeleteDBClusterSnapshot', 'rds:DeleteDBSnapshot'], on: COPIES, tagged: true },
  ...keysOfSnapshots(keyArns),
];

const COPIES = [
  ofAccount('rds', `cluster-snapshot:${OWN_PREFIX}*`),
  ofAccount('rds', `snapshot:${OWN_PREFIX}*`),
];
