import type { Task } from '@aws-sdk/client-ecs';
import type { MemberState, RehearsedTier, TierState } from '../target';
import { databases } from './database-service';
import { instanceMembers, instanceOf } from './instances';
import type { LiveTier } from './live-tiers';
import { allPages } from './pages';
import { incidentsOf } from './task-incidents';

/** The state of a tier, as its service reports it. */
export async function stateOf(live: LiveTier, signal: AbortSignal): Promise<TierState> {
  const { tier } = live;
  const named = { tier: tier.name, kind: tier.kind, skipped: false, differs: [] } as const;
  const engine = await engineOf(live, signal);
  const members = hasMembers(tier) ? await membersOf(live, signal) : [];
  return { ...named, engine, members, ...(await incidentsIn(live, signal)) };
}

/** Whether a tier is more than a resource: something whose parts are described one by one. */
const hasMembers = ({ kind }: LiveTier['tier']): boolean =>
  !['storage', 'function', 'compute'].includes(kind);

/** Of a service: ECS describes tasks for an hour after they have stopped. */
async function incidentsIn(live: LiveTier, signal: AbortSignal): Promise<Pick<RehearsedTier, 'incidents'>> {
  const { tier } = live;
  if (tier.kind !== 'service') return {};
  return { incidents: incidentsOf(await describedTasks(live, 'STOPPED', signal), tier.container.name) };
}

async function engineOf(live: LiveTier, signal: AbortSignal): Promise<string> {
  const { tier } = live;
  if (tier.kind === 'service') return 'ECS';
  if (tier.kind === 'storage' || tier.kind === 'compute') return tier.type;
  if (tier.kind === 'function') return tier.runtime ?? 'a container image';
  if (tier.kind === 'cache') return `${tier.engine} ${tier.engineVersion}`;
  const { Engine = '', EngineVersion = '' } = isInstance(tier)
    ? await instanceOf(live, signal)
    : await clusterOf(live, signal);
  return `${Engine} ${EngineVersion}`;
}

/** The members of a tier that can be disrupted. */
export function membersOf(live: LiveTier, signal: AbortSignal): Promise<readonly MemberState[]> {
  if (live.tier.kind === 'cache') return cacheMembers(live, signal);
  if (live.tier.kind === 'service') return tasksOf(live, signal);
  return isInstance(live.tier) ? instanceMembers(live, signal) : clusterMembers(live, signal);
}

/** Whether a tier is an RDS instance that is in no cluster. */
export const isInstance = (tier: LiveTier['tier']): boolean =>
  tier.kind === 'sql' && tier.instance !== undefined;

/** The service of a cluster: Amazon DocumentDB's is Amazon RDS's with another engine. */
export const databasesOf = ({ tier, clients }: LiveTier, signal: AbortSignal) =>
  databases(tier.kind === 'document' ? 'docdb' : 'rds', clients, signal);

/** A database cluster as its service knows it. */
export async function clusterOf(live: LiveTier, signal: AbortSignal): Promise<Cluster> {
  const { DBClusters: [cluster] = [] } = await databasesOf(live, signal).describeDBClusters({
    DBClusterIdentifier: live.physicalId,
  });
  return cluster ?? {};
}

/** What both services say of a cluster. */
export interface Cluster {
  readonly Endpoint?: string | undefined;
  readonly ReaderEndpoint?: string | undefined;
  readonly Port?: number | undefined;
  readonly DatabaseName?: string | undefined;
  readonly MasterUsername?: string | undefined;
  /** Of a password that the service manages. */
  readonly MasterUserSecret?: { readonly SecretArn?: string | undefined } | undefined;
  readonly Engine?: string | undefined;
  readonly EngineVersion?: string | undefined;
  readonly Status?: string | undefined;
  readonly DBClusterMembers?: readonly {
    readonly DBInstanceIdentifier?: string | undefined;
    readonly IsClusterWriter?: boolean | undefined;
  }[];
}

/** The instances of a database cluster. */
export async function instancesOf(live: LiveTier, signal: AbortSignal): Promise<readonly Instance[]> {
  const { DBInstances: instances = [] } = await databasesOf(live, signal).describeDBInstances({
    Filters: [{ Name: 'db-cluster-id', Values: [live.physicalId] }],
  });
  return instances;
}

/** What both services say of an instance. */
interface Instance {
  readonly DBInstanceIdentifier?: string | undefined;
  readonly DBInstanceStatus?: string | undefined;
  readonly Endpoint?:
    { readonly Address?: string | undefined; readonly Port?: number | undefined } | undefined;
}

async function clusterMembers(live: LiveTier, signal: AbortSignal): Promise<readonly MemberState[]> {
  const { DBClusterMembers: members = [] } = await clusterOf(live, signal);
  const instances = await instancesOf(live, signal);
  const statusOf = (name: string): string | undefined =>
    instances.find((it) => it.DBInstanceIdentifier === name)?.DBInstanceStatus;
  return members.map(({ DBInstanceIdentifier: name = '', IsClusterWriter: isWriter }) => ({
    name,
    role: isWriter ? 'primary' : 'replica',
    state: statusOf(name) === 'available' ? 'running' : 'starting',
  }));
}

async function cacheMembers(
  { physicalId, clients }: LiveTier,
  signal: AbortSignal,
): Promise<readonly MemberState[]> {
  const { ReplicationGroups: [group] = [] } = await clients
    .for('elasticache', signal)
    .describeReplicationGroups({ ReplicationGroupId: physicalId });
  const state = group?.Status === 'available' ? 'running' : 'starting';
  return (group?.NodeGroups ?? []).flatMap(({ NodeGroupMembers: nodes = [] }) =>
    nodes.map(({ CacheClusterId: name = '', CurrentRole: role }, i) => ({
      name,
      // in cluster mode the service does not say it, but lists the primary first
      role:
        (role ?? (i === 0 ? 'primary' : 'replica')) === 'primary'
          ? ('primary' as const)
          : ('replica' as const),
      state,
    })),
  );
}

/** So many tasks are described at once. */
const MOST_TASKS = 100;

/** The tasks of a service that are to run, or to have stopped. */
export async function describedTasks(
  { physicalId, clients }: LiveTier,
  desiredStatus: 'RUNNING' | 'STOPPED',
  signal: AbortSignal,
): Promise<readonly Task[]> {
  const ecs = clients.for('ecs', signal);
  const { cluster, service } = ecsNames(physicalId);
  const arns = await allPages(async (nextToken) => {
    const page = await ecs.listTasks({ cluster, serviceName: service, desiredStatus, nextToken });
    return { items: page.taskArns, next: page.nextToken };
  });
  const described: Task[] = [];
  for (let i = 0; i < arns.length; i += MOST_TASKS) {
    const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: arns.slice(i, i + MOST_TASKS) });
    described.push(...tasks);
  }
  return described;
}

async function tasksOf(live: LiveTier, signal: AbortSignal): Promise<readonly MemberState[]> {
  const { tier } = live;
  return (await describedTasks(live, 'RUNNING', signal)).map(
    ({ taskArn = '', lastStatus, containers = [] }) => {
      const container = containers.find(
        ({ name }) => tier.kind === 'service' && name === tier.container.name,
      );
      // the digest is known once the image is pulled; its name alone says less
      const code = container?.imageDigest || container?.image;
      return {
        name: taskArn.split('/').at(-1) ?? taskArn,
        role: 'task',
        state: lastStatus === 'RUNNING' ? 'running' : lastStatus === 'STOPPED' ? 'stopped' : 'starting',
        ...(code && { code }),
      };
    },
  );
}

/** `arn:aws:ecs:eu-west-1:111122223333:service/cluster/service` */
export function ecsNames(arn: string): { readonly cluster: string; readonly service: string } {
  const [, cluster = 'default', service = arn] = /:service\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  return { cluster, service };
}
