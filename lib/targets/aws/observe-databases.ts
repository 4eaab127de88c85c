import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import type { Json } from '../../json';
import type { RunningProperty, RunningResource, RunningState } from '../observe';
import { INSTANCE_LAG } from './lag-metrics';
import { lagOf } from './observe-lag';
import { parameterGroups } from './observe-parameters';
import {
  declaredProperty,
  gone,
  ifThere,
  property,
  running,
  state,
  type Declared,
  type Sight,
} from './observe-sight';
import { databases, DOCDB, RDS, type Vendor } from './observe-vendors';
import { allPages } from './pages';

/** Describes Amazon RDS, Aurora and Amazon DocumentDB: clusters, instances and parameter groups. */
export async function describeDatabases(sight: Sight): Promise<RunningResource[]> {
  const described: RunningResource[] = [];
  for (const vendor of [RDS, DOCDB]) {
    const clusters = sight.of(`${vendor.prefix}::DBCluster`);
    const instances = sight.of(`${vendor.prefix}::DBInstance`);
    if (clusters.length + instances.length > 0) {
      const pending = await pendingOf(vendor, sight);
      for (const it of clusters) described.push(await describeCluster(it, vendor, pending, sight));
      for (const it of instances) described.push(await describeInstance(it, vendor, pending, sight));
    }
    described.push(...(await parameterGroups(vendor, sight)));
  }
  return described;
}

/** What waits for a maintenance window, by the ARN of what it is pending for. */
type Pending = ReadonlyMap<string, readonly string[]>;

function pendingOf(vendor: Vendor, sight: Sight): Promise<Pending> {
  return sight.mayFail('pending maintenance of databases', new Map(), async () => {
    const all = await allPages(async (Marker) => {
      const page = await databases(vendor, sight).describePendingMaintenanceActions({ Marker });
      return { items: page.PendingMaintenanceActions, next: page.Marker };
    });
    return new Map(
      all.map(({ ResourceIdentifier: arn = '', PendingMaintenanceActionDetails: details = [] }) => [
        arn,
        details.map(({ Action, Description }) => `${Action}${Description ? ` (${Description})` : ''}`),
      ]),
    );
  });
}

const maintenance = (pending: Pending, arn: string | undefined): RunningState[] =>
  state('pending maintenance', (pending.get(arn ?? '') ?? []).toSorted().join(', ') || 'none', 'same');

async function describeCluster(
  it: Declared,
  vendor: Vendor,
  pending: Pending,
  sight: Sight,
): Promise<RunningResource> {
  const cluster = await ifThere(async () => {
    const { DBClusters = [] } = await databases(vendor, sight).describeDBClusters({
      DBClusterIdentifier: it.physicalId,
    });
    return DBClusters[0];
  });
  if (cluster === undefined) return gone(it);
  const instances = await instancesOf(it, vendor, sight);
  const zones = new Set(instances.flatMap(({ AvailabilityZone: zone }) => zone ?? []));
  const names = instances.map(({ DBInstanceIdentifier: name = '' }) => name);
  const writers = (cluster.DBClusterMembers ?? []).filter(({ IsClusterWriter: writes }) => writes);
  const replicas = names.filter((name) => !writers.some((writer) => writer.DBInstanceIdentifier === name));
  const lag = await lagOf(vendor.lagOf(cluster.Engine ?? ''), replicas, sight);
  return running(it, clusterProperties(it, cluster, sight), {
    states: [
      ...state('engine', `${cluster.Engine} ${cluster.EngineVersion}`, 'any'),
      ...state('status', cluster.Status, 'any'),
      ...state('members', instances.length, 'plurality'),
      ...state('writer', writers.map((writer) => sight.shown(writer.DBInstanceIdentifier)).join(', '), 'any'),
      ...state('zones', zones.size, 'plurality'),
      ...state('replica lag', lag, 'any'),
      ...state('pending change', pendingChange(cluster.PendingModifiedValues), 'same'),
      ...maintenance(pending, cluster.DBClusterArn),
    ],
    // a Multi-AZ cluster makes its instances by itself
    strays: (it.properties['DBClusterInstanceClass'] === undefined ? names : [])
      .filter((name) => !sight.isOurs(name) && !isAutoscaled(name))
      .map((name) => `the instance ${name} is a member, and no stack of the environment made it`),
  });
}

/** Aurora Auto Scaling names the readers that it adds. */
const isAutoscaled = (name: string): boolean => name.startsWith('application-autoscaling-');

function clusterProperties(it: Declared, cluster: DBCluster, sight: Sight): RunningProperty[] {
  const { MinCapacity, MaxCapacity } = cluster.ServerlessV2ScalingConfiguration ?? {};
  return [
    ...property('Engine', cluster.Engine),
    ...property('EngineVersion', cluster.EngineVersion, { isVersion: true }),
    ...declaredProperty(it, 'DBClusterInstanceClass', cluster.DBClusterInstanceClass),
    ...property('BackupRetentionPeriod', cluster.BackupRetentionPeriod),
    ...property('DeletionProtection', cluster.DeletionProtection, { default: false }),
    ...property('StorageEncrypted', cluster.StorageEncrypted),
    ...declaredProperty(it, 'Port', cluster.Port),
    ...property(
      'DBClusterParameterGroupName',
      cluster.DBClusterParameterGroup && sight.named(cluster.DBClusterParameterGroup),
    ),
    ...property('EnableIAMDatabaseAuthentication', cluster.IAMDatabaseAuthenticationEnabled, {
      default: false,
    }),
    ...property('ServerlessV2ScalingConfiguration.MinCapacity', MinCapacity),
    ...property('ServerlessV2ScalingConfiguration.MaxCapacity', MaxCapacity),
    ...declaredProperty(it, 'PreferredMaintenanceWindow', cluster.PreferredMaintenanceWindow?.toLowerCase()),
  ];
}

/** The members of a cluster, those that no stack made too. */
function instancesOf({ physicalId }: Declared, vendor: Vendor, sight: Sight): Promise<DBInstance[]> {
  return allPages(async (Marker) => {
    const page = await databases(vendor, sight).describeDBInstances({
      Filters: [{ Name: 'db-cluster-id', Values: [physicalId] }],
      Marker,
    });
    return { items: page.DBInstances, next: page.Marker };
  });
}

async function describeInstance(
  it: Declared,
  vendor: Vendor,
  pending: Pending,
  sight: Sight,
): Promise<RunningResource> {
  const instance = await ifThere(async () => {
    const { DBInstances = [] } = await databases(vendor, sight).describeDBInstances({
      DBInstanceIdentifier: it.physicalId,
    });
    return DBInstances[0];
  });
  if (instance === undefined) return gone(it);
  const { ReadReplicaDBInstanceIdentifiers: replicas = [] } = instance;
  const isCopy = Boolean(instance.ReadReplicaSourceDBInstanceIdentifier);
  const lag = isCopy ? await lagOf(INSTANCE_LAG, [it.physicalId], sight) : undefined;
  return running(it, instanceProperties(it, instance, sight), {
    states: [
      ...state('status', instance.DBInstanceStatus, 'any'),
      ...state('zone', instance.AvailabilityZone, 'any'),
      ...state('standby', instance.SecondaryAvailabilityZone, 'any'),
      ...(isCopy || instance.DBClusterIdentifier ? [] : state('read replicas', replicas.length, 'plurality')),
      ...state('replica lag', lag, 'any'),
      ...state('parameters', instance.DBParameterGroups?.[0]?.ParameterApplyStatus ?? 'in-sync', 'same'),
      ...state('pending change', pendingChange(instance.PendingModifiedValues), 'same'),
      ...maintenance(pending, instance.DBInstanceArn),
    ],
    strays: replicas
      // one in another Region is named by its ARN
      .filter((name) => !sight.isOurs(name.split(':').at(-1)!))
      .map((name) => `the instance ${name} is a read replica, and no stack of the environment made it`),
  });
}

function instanceProperties(it: Declared, instance: DBInstance, sight: Sight): RunningProperty[] {
  const parameters = instance.DBParameterGroups?.[0]?.DBParameterGroupName;
  return [
    ...property('DBInstanceClass', instance.DBInstanceClass),
    ...property('AutoMinorVersionUpgrade', instance.AutoMinorVersionUpgrade),
    ...property('PromotionTier', instance.PromotionTier),
    ...property('PubliclyAccessible', instance.PubliclyAccessible),
    ...property('CACertificateIdentifier', instance.CACertificateIdentifier),
    ...declaredProperty(it, 'EnablePerformanceInsights', instance.PerformanceInsightsEnabled),
    ...declaredProperty(it, 'MonitoringInterval', instance.MonitoringInterval),
    ...declaredProperty(it, 'AvailabilityZone', instance.AvailabilityZone),
    ...property('DBParameterGroupName', parameters && sight.named(parameters)),
    ...(instance.DBClusterIdentifier ? [] : ownProperties(it, instance)),
  ];
}

/** What an instance says of itself that is in no cluster. */
function ownProperties(it: Declared, instance: DBInstance): RunningProperty[] {
  const growsBySelf = it.properties['MaxAllocatedStorage'] !== undefined;
  return [
    ...property('Engine', instance.Engine),
    ...property('EngineVersion', instance.EngineVersion, { isVersion: true }),
    ...property('MultiAZ', instance.MultiAZ, { default: false }),
    ...property('StorageType', instance.StorageType),
    ...(growsBySelf ? [] : property('AllocatedStorage', instance.AllocatedStorage)),
    ...declaredProperty(it, 'Iops', instance.Iops),
    ...property('BackupRetentionPeriod', instance.BackupRetentionPeriod),
    ...property('DeletionProtection', instance.DeletionProtection, { default: false }),
    ...property('StorageEncrypted', instance.StorageEncrypted, { default: false }),
  ];
}

/** What was changed and waits for the maintenance window, without secrets. */
function pendingChange(values: object | undefined): string {
  const named = Object.entries((values ?? {}) as Record<string, Json | undefined>).flatMap(
    ([name, value]) => {
      if (value === undefined || value === null) return [];
      if (/password/i.test(name)) return [name];
      return [typeof value === 'object' ? `${name} ${JSON.stringify(value)}` : `${name} ${value}`];
    },
  );
  return named.toSorted().join(', ') || 'none';
}
