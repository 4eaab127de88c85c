import { equalJson, isObject, type JsonObject } from '../json';
import type { DocumentTier, Member, ReadTier, SqlMember, SqlTier } from './blueprint';
import { proxiesOf } from './proxies';
import type { Resource, Resources } from './resources';
import { DEFAULT_VERSION, numberOf, textOf } from '../template/values';

/** Reads an Aurora cluster with its instances, or a Multi-AZ cluster; undefined for a cluster of any other engine. */
export function sqlTier(cluster: Resource, resources: Resources): ReadTier<SqlTier> | undefined {
  const { Engine, EngineVersion, DatabaseName, Port, MasterUsername, MasterUserPassword } =
    cluster.properties;
  const engine = textOf(Engine)?.toLowerCase() ?? 'aurora';
  const members = sqlMembers(cluster, engine, resources);
  if (!members) return undefined;
  return {
    kind: 'sql',
    engine,
    engineVersion: textOf(EngineVersion) ?? DEFAULT_VERSION,
    database: textOf(DatabaseName),
    // 3306 for Aurora PostgreSQL too: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-rds-dbcluster.html
    port: numberOf(Port) ?? (engine === 'postgres' ? 5432 : 3306),
    username: MasterUsername,
    password: MasterUserPassword,
    ...parametersIn('DBClusterParameterGroupName', cluster, resources),
    ...serverlessOf(cluster),
    ...tokensOf(cluster),
    ...proxiesOf(cluster, resources),
    members,
  };
}

/**
 * The members of a cluster; undefined where its engine is no database of SQL. Amazon RDS makes those of a Multi-AZ cluster: a
 * writer, and two readers of the same class.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html
 */
function sqlMembers(
  cluster: Resource,
  engine: string,
  resources: Resources,
): readonly SqlMember[] | undefined {
  if (engine.startsWith('aurora')) {
    return inOrder(instancesOf(cluster, 'AWS::RDS::DBInstance', resources)).map((it) =>
      memberOf(it, resources),
    );
  }
  const { DBClusterInstanceClass } = cluster.properties;
  if (DBClusterInstanceClass === undefined || !MULTI_AZ_ENGINES.has(engine)) return undefined;
  const member = { class: textOf(DBClusterInstanceClass) ?? 'unknown' };
  return [member, member, member];
}

const MULTI_AZ_ENGINES = new Set(['mysql', 'postgres']);

function serverlessOf({ properties }: Resource): Pick<SqlTier, 'serverless'> {
  const scaling = properties['ServerlessV2ScalingConfiguration'];
  if (!isObject(scaling)) return {};
  const [maxUnits, minUnits] = [numberOf(scaling['MaxCapacity']), numberOf(scaling['MinCapacity'])];
  if (maxUnits === undefined) return {};
  return { serverless: { maxUnits, ...(minUnits !== undefined && { minUnits }) } };
}

/** Whether a cluster or an instance lets users sign in by IAM. */
export const tokensOf = ({ properties }: Resource): Pick<SqlTier, 'takesTokens'> =>
  String(properties['EnableIAMDatabaseAuthentication']) === 'true' ? { takesTokens: true } : {};

/** Reads a DocumentDB cluster with its instances. */
export function documentTier(cluster: Resource, resources: Resources): ReadTier<DocumentTier> {
  const { EngineVersion, Port, MasterUsername, MasterUserPassword } = cluster.properties;
  return {
    kind: 'document',
    engineVersion: textOf(EngineVersion) ?? DEFAULT_VERSION,
    port: numberOf(Port) ?? 27017,
    username: MasterUsername,
    password: MasterUserPassword,
    ...parametersIn('DBClusterParameterGroupName', cluster, resources),
    members: inOrder(instancesOf(cluster, 'AWS::DocDB::DBInstance', resources)).map((it) =>
      memberOf(it, resources),
    ),
  };
}

/** Whether an RDS instance is a member of a cluster, not a database by itself. */
export const isMember = ({ properties }: Resource): boolean =>
  properties['DBClusterIdentifier'] !== undefined;

/** The cluster of an instance, named by a reference or by its identifier; undefined when it is elsewhere. */
export function clusterOf(instance: Resource, resources: Resources): Resource | undefined {
  const { DBClusterIdentifier: named } = instance.properties;
  if (named === undefined) return undefined;
  const clusters = resources.ofType(instance.type.replace(/Instance$/, 'Cluster'));
  const referred = resources.referred(named, instance);
  return clusters.find((it) => it === referred || equalJson(named, it.properties['DBClusterIdentifier']));
}

function instancesOf(cluster: Resource, type: string, resources: Resources): Resource[] {
  return resources.ofType(type).filter((instance) => clusterOf(instance, resources) === cluster);
}

function inOrder(instances: readonly Resource[]): Resource[] {
  const primary = primaryOf(instances);
  return instances.toSorted((a, b) => Number(b === primary) - Number(a === primary));
}

/** What the parameter group says that a property of a resource names. */
export function parametersIn(
  property: 'DBParameterGroupName' | 'DBClusterParameterGroupName',
  of: Resource,
  resources: Resources,
): { readonly parameters?: JsonObject } {
  const parameters = resources.referred(of.properties[property], of)?.properties['Parameters'];
  return isObject(parameters) && Object.keys(parameters).length > 0 ? { parameters } : {};
}

/** A database instance as a member of its tier. */
export const memberOf = (instance: Resource, resources: Resources): Member => ({
  logicalId: instance.logicalId,
  class: textOf(instance.properties['DBInstanceClass']) ?? 'unknown',
  ...parametersIn('DBParameterGroupName', instance, resources),
});

/** The primary is created first: by its promotion tier, because the others depend on it, or because it is the first. */
function primaryOf(instances: readonly Resource[]): Resource | undefined {
  const first = instances.filter(({ properties }) => numberOf(properties['PromotionTier']) === 0);
  const candidates = first.length > 0 ? first : instances;
  const isAwaited = ({ stack, logicalId }: Resource): boolean =>
    instances.some((other) => other.stack === stack && other.dependsOn.includes(logicalId));
  return (
    candidates.find(
      (it) => isAwaited(it) && !instances.some(({ logicalId }) => it.dependsOn.includes(logicalId)),
    ) ?? candidates[0]
  );
}
