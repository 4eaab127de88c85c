import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { blueprintOf } from '../../blueprint/read-blueprint';
import { TwinError } from '../../error';
import { pseudoOf } from '../../template/pseudo';
import { textOf } from '../../template/text';
import type { Deployment, Handle, Watch } from '../target';
import type { MigrateSection } from './config';
import { endOf, exitCodeOf, OneOffTask } from './one-off-task';
import type { ProbeHost } from './probe-hosts';

/** What a migration is run with. */
export interface MigrateProps {
  readonly config: MigrateSection;
  /** The release whose migration it is. */
  readonly deployment: Deployment;
  readonly handle: Handle;
  readonly account: string;
  /** The services that run. */
  readonly hosts: readonly ProbeHost[];
  readonly pollMs: number;
}

/**
 * Runs the migration of a release as a task that runs once: of the service as it runs now, with the image of the release.
 *
 * @throws TwinError `migration` when it fails
 */
export async function migrate(props: MigrateProps, watch: Watch): Promise<void> {
  const { config, deployment, handle, hosts, pollMs } = props;
  const host = hosts.find(({ tier }) => tier === config.as);
  if (!host) throw noService(config.as, hosts);
  const { name, image } = containerIn(deployment, config.as);
  const at = { region: host.log.region, account: props.account };
  const release = image === undefined ? undefined : resolved(image, at);
  if (release === undefined) throw noImage(config.as, image);
  watch.log(`migration of ${deployment.release}: ${config.command.join(' ')}`);
  const { taskRoleArn, executionRoleArn, networkMode, runtimePlatform, cpu, memory, volumes } =
    host.taskDefinition;
  const containers = host.taskDefinition.containerDefinitions ?? [];
  const task = await OneOffTask.start(
    host,
    'migration',
    {
      requiresCompatibilities: ['FARGATE'],
      taskRoleArn,
      executionRoleArn,
      networkMode,
      runtimePlatform,
      cpu,
      memory,
      volumes,
      containerDefinitions: containers.map((it) => (it.name === name ? migrating(it, release, config) : it)),
    },
    handle,
    watch.signal,
  );
  const end = await task.ended(config.timeoutSeconds, pollMs, watch.signal);
  if (end === undefined)
    throw failed(deployment, `it still ran after its limit of ${config.timeoutSeconds} s`);
  if (exitCodeOf(end, name) !== 0) throw failed(deployment, endOf(end, name));
}

/** The same container with another image and command. Nobody asks it whether it is well. */
function migrating(
  container: ContainerDefinition,
  image: string,
  { command }: MigrateSection,
): ContainerDefinition {
  return { ...container, image, command: [...command], essential: true, healthCheck: undefined };
}

function containerIn({ assembly, environment }: Deployment, service: string) {
  const tier = blueprintOf(assembly, environment).tiers.find(({ name }) => name === service);
  if (tier?.kind !== 'service') throw new Error(`${service} is no service of ${environment}`);
  return { name: tier.container.name, image: textOf(tier.container.image) };
}

/** A text without the account, the Region and what follows from them. */
function resolved(
  text: string,
  place: { readonly region: string; readonly account: string },
): string | undefined {
  const known = pseudoOf(place);
  const plain = text.replaceAll(/\$\{(AWS::\w+)\}/g, (whole, name: string) => known[name] ?? whole);
  return plain.includes('${') ? undefined : plain;
}

const noService = (service: string, hosts: readonly ProbeHost[]): TwinError =>
  new TwinError({
    code: 'migration',
    message: `the migration runs as ${service}, which does not run in a way that a task can; what does: ${hosts.map(({ tier }) => tier).join(', ') || 'nothing'}`,
    fix: 'Name one of those in aws.migrate.as: a Fargate service that logs to CloudWatch Logs.',
  });

const noImage = (service: string, image: string | undefined): TwinError =>
  new TwinError({
    code: 'migration',
    message: `the image of ${service} is known to CloudFormation alone: ${image ?? 'it is no text'}`,
    fix: 'Name the image by its registry and tag, or let it be an asset of the app.',
  });

const failed = ({ release }: Deployment, why: string): TwinError =>
  new TwinError({
    code: 'migration',
    message: `the migration of ${release} failed: ${why}`,
    fix: 'Its output is in the log of the service, among the logs of the rehearsal.',
  });
