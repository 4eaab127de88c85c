import { own, type Json, type JsonObject } from '../json';

/** What being ephemeral does to a property, and what any other value would leave behind. */
export interface LifeSetting {
  /** Below `Properties`. */
  readonly property: string;
  /** What a staging has there; null for nothing. */
  readonly set: Json;
  /** Under which name parity permits it. */
  readonly what: 'backup retention' | 'emptying before deletion';
  /** The rule of the tear-down that other values break. @default - none: they keep less, and leave nothing */
  readonly rule?: 'automated-backups' | 'snapshots' | 'images' | 'query-history';
  /** What any other value does: goes on from "got X, which". @default - nothing */
  readonly does?: string;
  /** Whether it may be left out. @default false */
  readonly isOptional?: boolean;
  /** Which resources of the type it is about, by their properties. @default - all */
  readonly isFor?: (properties: JsonObject) => boolean;
}

const SHORT_BACKUPS: LifeSetting = { property: 'BackupRetentionPeriod', set: 1, what: 'backup retention' };
const DELETED_BACKUPS: LifeSetting = {
  property: 'DeleteAutomatedBackups',
  set: true,
  what: 'backup retention',
  rule: 'automated-backups',
  does: 'may leave its automated backups behind',
};
const NO_SNAPSHOTS: LifeSetting = {
  property: 'SnapshotRetentionLimit',
  set: 0,
  what: 'backup retention',
  rule: 'snapshots',
  does: 'makes automatic snapshots',
  isOptional: true,
};
const NO_FINAL_SNAPSHOT: LifeSetting = {
  property: 'FinalSnapshotName',
  set: null,
  what: 'backup retention',
  rule: 'snapshots',
  does: 'makes a snapshot when it is deleted',
};

/**
 * What being ephemeral sets, by resource type, beside lifting what protects it: with it nothing survives the deletion. Twins
 * sets exactly these in a staging, parity permits exactly these, and the tear-down demands them. From the services' pages in
 * the AWS CloudFormation Template Reference.
 */
export const LIFE_SETTINGS: Readonly<Record<string, readonly LifeSetting[]>> = {
  'AWS::RDS::DBCluster': [SHORT_BACKUPS, DELETED_BACKUPS],
  'AWS::RDS::DBInstance': [
    { ...DELETED_BACKUPS, does: 'leaves its automated backups behind', isOptional: true },
  ],
  'AWS::DocDB::DBCluster': [SHORT_BACKUPS],
  'AWS::Neptune::DBCluster': [SHORT_BACKUPS],
  'AWS::ElastiCache::CacheCluster': [NO_SNAPSHOTS],
  'AWS::ElastiCache::ReplicationGroup': [NO_SNAPSHOTS],
  'AWS::ElastiCache::ServerlessCache': [NO_SNAPSHOTS, NO_FINAL_SNAPSHOT],
  'AWS::MemoryDB::Cluster': [NO_SNAPSHOTS, NO_FINAL_SNAPSHOT],
  // Amazon EFS User Guide, "Backing up EFS file systems": those in one zone are backed up unless they say otherwise.
  'AWS::EFS::FileSystem': [
    {
      property: 'BackupPolicy',
      set: { Status: 'DISABLED' },
      what: 'backup retention',
      rule: 'automated-backups',
      does: "leaves recovery points in the account's backup vault",
      isFor: ({ AvailabilityZoneName, BackupPolicy }) =>
        AvailabilityZoneName !== undefined && BackupPolicy === undefined,
    },
  ],
  'AWS::ECR::Repository': [
    {
      property: 'EmptyOnDelete',
      set: true,
      what: 'emptying before deletion',
      rule: 'images',
      does: 'keeps a repository with images from being deleted',
    },
  ],
  'AWS::Athena::WorkGroup': [
    {
      property: 'RecursiveDeleteOption',
      set: true,
      what: 'emptying before deletion',
      rule: 'query-history',
      does: 'keeps a workgroup that was used from being deleted',
    },
  ],
};

/** What being ephemeral sets on a resource, by its properties as production has them. */
export const lifeSettingsOf = (type: string, properties: JsonObject): readonly LifeSetting[] =>
  (own(LIFE_SETTINGS, type) ?? []).filter(({ isFor }) => isFor?.(properties) ?? true);

/** The AWS CDK's custom resource that empties a bucket before it is deleted. */
export const EMPTIER_TYPE = 'Custom::S3AutoDeleteObjects';

/** How resources of a type are restored. */
export interface Restore {
  /** The properties that name what is read. */
  readonly from: readonly string[];
  /** What to leave out beside it: it comes with the data. Absent where a staging cannot be restored so. */
  readonly leaveOut?: readonly string[];
  /** Whether a cluster of the type can be cloned: then `leaveOut` is about clones too. @default false */
  readonly isCloned?: boolean;
  /** Whether the data would stay under the key that they were under. @default false */
  readonly keepsKey?: boolean;
}

/** The property that names the cluster which another one is a clone of. */
export const CLONE_OF = 'SourceDBClusterIdentifier';

/** What makes a clone of a cluster, beside which: it shares the pages of its data until one of them changes one. */
export const CLONE: JsonObject = { RestoreType: 'copy-on-write', UseLatestRestorableTime: true };

const OTHER_SOURCES = [
  'GlobalClusterIdentifier',
  'ReplicationSourceIdentifier',
  'RestoreToTime',
  'SourceDbClusterResourceId',
  'SourceRegion',
];

/** How types are restored, by the RDS, DocumentDB, Neptune and ElastiCache pages of the template reference. */
export const RESTORES: Readonly<Record<string, Restore>> = {
  'AWS::RDS::DBCluster': {
    from: ['SnapshotIdentifier', CLONE_OF],
    leaveOut: ['MasterUsername', 'StorageEncrypted', ...OTHER_SOURCES],
    isCloned: true,
    keepsKey: true,
  },
  'AWS::DocDB::DBCluster': {
    from: ['SnapshotIdentifier', CLONE_OF],
    leaveOut: ['MasterUsername', 'StorageEncrypted', 'GlobalClusterIdentifier', 'RestoreToTime'],
    isCloned: true,
    keepsKey: true,
  },
  // Encryption comes with the data, unless a key is given: that demands StorageEncrypted, which stays as it is.
  'AWS::Neptune::DBCluster': {
    from: ['SnapshotIdentifier', CLONE_OF],
    leaveOut: ['RestoreToTime'],
    isCloned: true,
    keepsKey: true,
  },
  // ElastiCache puts what it restores under the key that it is given, or its own: never under the backup's.
  'AWS::ElastiCache::ReplicationGroup': { from: ['SnapshotName', 'SnapshotArns'], leaveOut: [] },
  // It stays under the key of its snapshot, which has to be staging's own: the Amazon RDS API takes no other one.
  'AWS::RDS::DBInstance': {
    from: ['DBSnapshotIdentifier'],
    leaveOut: [
      'MasterUsername',
      'DBName',
      'KmsKeyId',
      'StorageEncrypted',
      'CharacterSetName',
      'NcharCharacterSetName',
      'Timezone',
      'RestoreTime',
      'SourceDBInstanceAutomatedBackupsArn',
      'SourceDbiResourceId',
      'SourceRegion',
      'UseLatestRestorableTime',
    ],
  },
};

/**
 * What a restored resource of a type has not, by what it is restored from: what comes with the data, and every other source.
 * Undefined where a staging is not restored so.
 */
export function leftOutBeside(type: string, from: string): readonly string[] | undefined {
  const { from: sources = [], leaveOut, isCloned = false } = own(RESTORES, type) ?? {};
  if (!leaveOut || !sources.includes(from) || (from === CLONE_OF && !isCloned)) return undefined;
  const others = sources.filter((it) => it !== from);
  const ofClones = isCloned && from !== CLONE_OF ? Object.keys(CLONE) : [];
  return [...leaveOut, ...others, ...ofClones];
}
