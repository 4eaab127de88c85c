import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import type { LiveTier } from './live-tiers';
import { ecsNames } from './members';
import type { TaskPlace } from './one-off-task';

/**
 * A service in whose place a task of ours can stand: it reaches what the service reaches, and may read the secrets that the
 * service is given.
 */
export interface ProbeHost extends TaskPlace {
  readonly tier: string;
  readonly taskDefinition: TaskDefinition;
  /** Its log group, and the Region of it. */
  readonly log: { readonly group: string; readonly region: string };
  /** The ARNs of the secrets that it is given. */
  readonly secrets: readonly string[];
}

/** The services of an environment in whose place a task can stand. */
export async function probeHosts(tiers: readonly LiveTier[], signal: AbortSignal): Promise<ProbeHost[]> {
  const hosts = await Promise.all(
    tiers.filter(({ tier }) => tier.kind === 'service').map((live) => hostOf(live, signal)),
  );
  return hosts.filter((host) => host !== undefined);
}

async function hostOf(
  { tier, physicalId, clients }: LiveTier,
  signal: AbortSignal,
): Promise<ProbeHost | undefined> {
  const ecs = clients.for('ecs', signal);
  const { cluster, service: name } = ecsNames(physicalId);
  const { services: [service] = [] } = await ecs.describeServices({ cluster, services: [name] });
  const { taskDefinition: arn, networkConfiguration: network } = service ?? {};
  if (arn === undefined || network === undefined) return undefined;
  const { taskDefinition } = await ecs.describeTaskDefinition({ taskDefinition: arn });
  const containers = taskDefinition?.containerDefinitions ?? [];
  const log = containers.map(logOf).find((it) => it !== undefined);
  if (!taskDefinition?.executionRoleArn || log === undefined) return undefined;
  const secrets = containers.flatMap((it) => (it.secrets ?? []).map(({ valueFrom = '' }) => valueFrom));
  return { tier: tier.name, cluster, network, taskDefinition, log, secrets, clients };
}

/** Where a container logs, if that is Amazon CloudWatch Logs: its role may write there. */
function logOf({ logConfiguration }: ContainerDefinition): ProbeHost['log'] | undefined {
  const { 'awslogs-group': group, 'awslogs-region': region } = logConfiguration?.options ?? {};
  if (logConfiguration?.logDriver !== 'awslogs' || group === undefined || region === undefined)
    return undefined;
  return { group, region };
}
