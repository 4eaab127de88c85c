import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blueprintOf } from '../../blueprint/read-blueprint';
import { TwinError } from '../../error';
import { isObject, type Json, type JsonObject } from '../../json';
import type { Deployment, Handle, Watch } from '../target';
import type { Clients } from './clients';
import { learnClone } from './clones';
import type { ScrubConfig } from '../../config/types';
import { AWS_DEFAULTS } from './config';
import type { Deployer, DeployerPlace } from './deployer';
import { artifactsOf, type PlannedStack } from './environment-stacks';
import { detailsOf, goneDetails, prefixOf, stacksIn, type StackRef } from './handle';
import { linesOfStream } from './logs';
import { endOf, exitCodeOf, OneOffTask } from './one-off-task';
import { secretIn, setPassword } from './passwords';
import { removeStack } from './remove';
import { SHARED_IDS } from './scrub-network';
import {
  SCRUB_CONTAINER,
  scratchIds,
  scrubTemplate,
  type ScratchDatabase,
  type ScratchOrigin,
} from './scrub-template';
import { takeSnapshot } from './snapshots';
import type { Seed } from './seeds';
import { resourcesOf } from './stack-state';
import { TAG } from './tags';

/** What data are scrubbed with. */
export interface ScrubProps {
  readonly config: ScrubConfig;
  readonly handle: Handle;
  readonly deployment: Deployment;
  readonly deployer: Deployer;
  readonly where: DeployerPlace;
  readonly pollMs: number;
}

/** A database that is scrubbed before staging may have its data. */
export interface Unscrubbed {
  readonly seed: Seed;
  /** Where staging has it. */
  readonly region: string;
  /** The name of the master user, which comes with the data. */
  readonly username: string;
  readonly origin: ScratchOrigin;
}

/** The lines of a task that failed which are shown. */
const SHOWN_LINES = 20;

/**
 * Makes databases with production's data outside staging, in a network without a way out, lets the team's task scrub each, and
 * takes the snapshots that staging is restored from. Then it is all deleted.
 *
 * @throws TwinError `scrub` when a task fails: then there is no snapshot
 */
export async function scrub(all: readonly Unscrubbed[], props: ScrubProps, watch: Watch): Promise<void> {
  const regions = new Set(all.map(({ region }) => region));
  for (const region of regions) {
    const here = all.filter((it) => it.region === region);
    await watch.span(`scrub in ${region}`, () => scrubIn(region, here, props, watch));
  }
}

async function scrubIn(
  region: string,
  all: readonly Unscrubbed[],
  props: ScrubProps,
  watch: Watch,
): Promise<void> {
  const { handle, deployer, where, pollMs } = props;
  const clients = where.place.in(region);
  const scratches = all.map((it) => scratchOf(it, props.deployment));
  const stack = `${prefixOf(handle)}-scrub`;
  const folder = mkdtempSync(join(tmpdir(), 'twin-scrub-'));
  const others = stacksIn(handle);
  try {
    const planned = writeAssembly(
      folder,
      stack,
      scrubTemplate(scratches, props.config),
      region,
      props.deployment,
    );
    const deployment = { ...props.deployment, assembly: folder };
    await deployer.deployStacks(handle, deployment, [planned], where, watch, others);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const ref: StackRef = { path: '', name: stack, region, id: undefined };
  const ids = await idsIn(ref, clients, watch.signal);
  for (const [i, scratch] of scratches.entries()) {
    const { database: databaseId, secret } = scratchIds(i);
    const { service, tier, origin } = scratch;
    const name = all[i]!.seed.snapshot;
    const database = ids(databaseId);
    if ('clone' in origin && service !== 'rds-instance')
      await learnClone(
        { tier, of: origin.clone, service, cluster: database, clients, how: 'scrubbed' },
        watch,
      );
    const restored = { database, service, clients, pollMs };
    await setPassword(restored, await secretIn(ids(secret), clients, watch.signal), watch.signal);
    await runTask(i, scratch, ids, props, clients, watch);
    const taken = { database, name, service, tags: { [TAG]: handle.name } };
    await takeSnapshot(taken, clients, pollMs, watch);
  }
  const made = stacksIn(handle).filter(({ name }) => name === stack);
  await removeStack(ref, handle, clients, pollMs, watch);
  watch.learn(Object.assign(detailsOf(others), ...made.map(goneDetails)) as Record<string, string>);
}

function scratchOf({ seed, username, origin }: Unscrubbed, deployment: Deployment): ScratchDatabase {
  const { tier, properties, instanceClass, service } = scrubbable(seed, deployment);
  const { port } = tier;
  return { tier: seed.tier, service, origin, username, properties, instanceClass, port };
}

/**
 * What a database of staging is restored like to be scrubbed.
 *
 * @throws TwinError `scrub` for what has no instances of which a copy could be made, or takes no password
 */
export function scrubbable(seed: Seed, { assembly, environment }: Deployment) {
  const { service } = seed;
  const { stacks, tiers } = blueprintOf(assembly, environment);
  const tier = tiers.find((it) => it.name === seed.tier);
  const template = stacks.find(({ path }) => path === seed.stack)?.template ?? {};
  const resources = isObject(template['Resources']) ? template['Resources'] : {};
  const entry = tier && resources[tier.logicalId];
  if (service === 'elasticache' || service === 'neptune') throw notScrubbed(seed);
  if (!tier || !('members' in tier) || !isObject(entry)) throw unusual(seed.tier);
  const [member] = tier.members;
  if (member?.logicalId === undefined) throw unusual(seed.tier);
  const properties = isObject(entry['Properties']) ? entry['Properties'] : {};
  return { tier, properties, instanceClass: member.class, service };
}

/** An assembly with one stack, which is deployed in the way that staging is: with the roles of its bootstrap. */
function writeAssembly(
  folder: string,
  stack: string,
  template: JsonObject,
  region: string,
  deployment: Deployment,
): PlannedStack {
  const { artifact } = artifactsOf(deployment)[0]!.artifact;
  const properties = isObject(artifact['properties']) ? artifact['properties'] : {};
  const roles = ['assumeRoleArn', 'assumeRoleExternalId', 'cloudFormationExecutionRoleArn'];
  const { version } = JSON.parse(readFileSync(join(deployment.assembly, 'manifest.json'), 'utf8')) as {
    readonly version: string;
  };
  const manifest = {
    version,
    artifacts: {
      [stack]: {
        type: 'aws:cloudformation:stack',
        environment: environmentIn(artifact['environment'], region),
        displayName: stack,
        properties: {
          templateFile: 'template.json',
          stackName: stack,
          validateOnSynth: false,
          ...Object.fromEntries(
            roles.flatMap((it) => (properties[it] === undefined ? [] : [[it, properties[it]]])),
          ),
        },
      },
    },
  };
  const hasRole = typeof properties['cloudFormationExecutionRoleArn'] === 'string';
  writeFileSync(join(folder, 'template.json'), JSON.stringify(template));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return {
    path: '',
    hierarchicalId: stack,
    name: stack,
    tags: {},
    parameters: {},
    account: undefined,
    region,
    hasRole,
  };
}

/** The account of an environment such as `aws://111122223333/eu-west-1`, in a Region. */
const environmentIn = (environment: Json | undefined, region: string): string =>
  String(environment ?? 'aws://unknown-account/unknown-region').replace(/[^/]+$/, region);

/** What CloudFormation called the resources of a stack. */
async function idsIn(ref: StackRef, clients: Clients, signal: AbortSignal) {
  const resources = await resourcesOf(clients, ref, signal);
  const ids = new Map(resources.map((it) => [it.LogicalResourceId, it.PhysicalResourceId]));
  return (logicalId: string): string => ids.get(logicalId) ?? '';
}

type Ids = Awaited<ReturnType<typeof idsIn>>;

async function runTask(
  index: number,
  { tier }: ScratchDatabase,
  ids: Ids,
  { config, handle, pollMs }: ScrubProps,
  clients: Clients,
  watch: Watch,
): Promise<void> {
  const { signal } = watch;
  watch.log(`${tier}: ${config.image} scrubs it`);
  const awsvpcConfiguration = {
    subnets: SHARED_IDS.subnets.map(ids),
    securityGroups: [ids(SHARED_IDS.taskGroup)],
    assignPublicIp: 'DISABLED' as const,
  };
  const place = { cluster: ids(SHARED_IDS.ecs), network: { awsvpcConfiguration }, clients };
  const task = await OneOffTask.run(place, ids(scratchIds(index).task), handle, signal);
  if (typeof task === 'string') throw failed(tier, task);
  const { timeoutSeconds = AWS_DEFAULTS.scrub.timeoutSeconds } = config;
  const end = await task.ended(timeoutSeconds, pollMs, signal);
  if (end && exitCodeOf(end, SCRUB_CONTAINER) === 0) return;
  const stream = `${SCRUB_CONTAINER}/${SCRUB_CONTAINER}/${task.id}`;
  const lines = await linesOfStream(ids(SHARED_IDS.log), stream, SHOWN_LINES, clients, signal);
  const why = end ? endOf(end, SCRUB_CONTAINER) : `it still ran after its limit of ${timeoutSeconds} s`;
  throw failed(tier, [why, ...lines].join('\n  '));
}

const failed = (tier: string, why: string): TwinError =>
  new TwinError({
    code: 'scrub',
    message: `the data of ${tier} were not scrubbed: ${why}`,
    fix: 'Repair the task of aws.seed.data.scrub. Production is unchanged, and nothing was seeded.',
  });

const notScrubbed = ({ tier, service }: Seed): TwinError =>
  new TwinError({
    code: 'scrub',
    message: `${tier} cannot be scrubbed: no task signs in to a ${service === 'neptune' ? 'graph' : 'cache'}`,
    fix:
      service === 'neptune'
        ? `List ${tier} in aws.seed.empty with the reason.`
        : `Take ${tier} out of aws.seed.caches: it then begins empty.`,
  });

const unusual = (tier: string): TwinError =>
  new TwinError({
    code: 'scrub',
    message: `${tier} is a cluster whose instances are not in the template: it cannot be restored to be scrubbed`,
    fix: `List ${tier} in aws.seed.empty with the reason, or restore it from a snapshot that you have scrubbed.`,
  });
