import type { Stack } from '@aws-sdk/client-cloudformation';
import { TwinError } from '../../error';
import type { JsonObject } from '../../json';
import type {
  DeployedResource,
  Question,
  RunningEnvironment,
  RunningResource,
  RunningStack,
  StackToFind,
} from '../observe';
import type { Clients } from './clients';
import { describeCaches } from './observe-caches';
import { describeDatabases } from './observe-databases';
import { lastDrift } from './observe-drift';
import { describeScaling } from './observe-scaling';
import { describeServices } from './observe-services';
import { Sight, type Describe } from './observe-sight';
import { AwsPlace } from './place';
import { readStack } from './read-stack';
import { exists, stackState } from './stack-state';

/** Each looks at the resources of some types. A type that none of them knows is not looked at. */
const DESCRIBERS: readonly Describe[] = [
  describeDatabases,
  describeCaches,
  describeServices,
  describeScaling,
];

/**
 * Looks at what runs of an environment, with calls that read alone.
 *
 * @throws TwinError `elsewhere` for credentials of another account, `no-stack` when a stack is not there
 */
export async function observe(question: Question): Promise<RunningEnvironment> {
  const { stacks, profile, region, flags, signal } = question;
  const place = new AwsPlace({ profile, region, isReadOnly: true, chosenBy: flags });
  const account = await place.account(signal);
  const found: Found[] = [];
  for (const stack of stacks) {
    if (stack.account !== undefined && stack.account !== account) throw elsewhere(stack, account, question);
    await find(stack, place, question, account, found);
  }
  const unseen: string[] = [];
  const ours = new Set(found.flatMap(({ resources }) => [...resources.values()].map((it) => it.physicalId)));
  const running: RunningStack[] = [];
  for (const stack of found) running.push(await describe(stack, ours, unseen, signal));
  return { account, stacks: running, unseen: [...new Set(unseen)] };
}

/** A stack that is there. */
interface Found {
  readonly path: string;
  readonly region: string;
  readonly stack: Stack;
  readonly template: JsonObject;
  readonly resources: ReadonlyMap<string, DeployedResource>;
  readonly clients: Clients;
}

async function find(
  { path, name, region }: StackToFind,
  place: AwsPlace,
  question: Question,
  account: string,
  found: Found[],
): Promise<void> {
  const { signal } = question;
  const clients = place.in(region);
  const where = await clients.region();
  const stack = await stackState(clients, { path, name, region, id: undefined }, signal);
  // of a change set that was never executed there is a stack, without anything in it
  if (!exists(stack) || stack.StackStatus === 'REVIEW_IN_PROGRESS')
    throw notThere(name, where, account, question);
  await read(path, where, stack, clients, signal, found);
}

/** A stack and those that are nested in it. */
async function read(
  path: string,
  region: string,
  stack: Stack,
  clients: Clients,
  signal: AbortSignal,
  found: Found[],
): Promise<void> {
  const ref = { path, name: stack.StackName ?? '', region, id: stack.StackId };
  const { template, resources, nested } = await readStack(ref, clients, signal);
  found.push({ path, region, stack, template, resources, clients });
  for (const inner of nested) {
    const its = await stackState(clients, inner, signal);
    if (exists(its)) await read(inner.path, region, its, clients, signal, found);
  }
}

async function describe(
  { path, region, stack, template, resources, clients }: Found,
  ours: ReadonlySet<string>,
  unseen: string[],
  signal: AbortSignal,
): Promise<RunningStack> {
  const sight = new Sight({ template, resources, ours, unseen, clients, signal });
  const described: RunningResource[] = [];
  for (const look of DESCRIBERS) described.push(...(await look(sight)));
  const { StackName: name = '', StackId: id = '', StackStatus: status = '', Parameters = [] } = stack;
  const deployed = (stack.LastUpdatedTime ?? stack.CreationTime)?.toISOString() ?? '';
  const drift = await lastDrift(stack, sight);
  return {
    path,
    name,
    id,
    region,
    deployed,
    status,
    template,
    isNested: stack.ParentId !== undefined,
    ...(drift && { drift }),
    parameters: new Map(
      Parameters.map(({ ParameterKey: key = '', ParameterValue: value, ResolvedValue: resolved }) => [
        key,
        /^\*+$/.test(value ?? '') ? undefined : (resolved ?? value),
      ]),
    ),
    deployedResources: resources,
    resources: described,
  };
}

const elsewhere = (
  { name, account: planned }: StackToFind,
  account: string,
  { flags }: Question,
): TwinError =>
  new TwinError({
    code: 'elsewhere',
    message: `the stack ${name} is in the account ${planned}, and the credentials are for ${account}`,
    fix: `Name a profile of that account with ${flags.profile}.`,
  });

const notThere = (name: string, region: string, account: string, { flags }: Question): TwinError =>
  new TwinError({
    code: 'no-stack',
    message: `there is no stack "${name}" in ${region} of the account ${account}: there is nothing to compare`,
    fix: `Deploy it, name the stack with ${flags.stack}, or look elsewhere with ${flags.profile} and ${flags.region}.`,
  });
