import type { Address, BlueprintStack, Tier } from '../../blueprint/blueprint';
import { blueprintOfTemplates } from '../../blueprint/read-blueprint';
import { isObject, type JsonObject } from '../../json';
import type { Clients } from './clients';
import type { StackRef } from './handle';
import { readStack, type ReadStack } from './read-stack';

/** A tier of an environment that runs, with what CloudFormation called its resource. */
export interface LiveTier {
  readonly tier: Tier;
  readonly physicalId: string;
  /** The properties of its resource, as it was deployed. */
  readonly properties: JsonObject;
  /** What it called another resource of the environment. */
  readonly idOf: (address: Address) => string | undefined;
  readonly clients: Clients;
}

/** The tiers of an environment, as it is deployed: what its stacks were made of says more than any assembly. */
export async function liveTiers(
  environment: string,
  stacks: readonly StackRef[],
  clientsIn: (region: string | undefined) => Clients,
  signal: AbortSignal,
): Promise<LiveTier[]> {
  return tiersIn(environment, await deployedStacks(stacks, clientsIn, signal));
}

/** The tiers of stacks that are deployed. */
export function tiersIn(environment: string, found: readonly DeployedStack[]): LiveTier[] {
  const idOf: LiveTier['idOf'] = (address) => physicalIdIn(found, address);
  return blueprintOfTemplates(environment, found).tiers.flatMap((tier): LiveTier[] => {
    const physicalId = idOf(tier);
    const { clients, template } = found.find(({ path }) => path === tier.stack)!;
    const properties = propertiesIn(template, tier.logicalId);
    return physicalId === undefined ? [] : [{ tier, physicalId, properties, idOf, clients }];
  });
}

function propertiesIn(template: JsonObject, logicalId: string): JsonObject {
  const resources = isObject(template['Resources']) ? template['Resources'] : {};
  const entry = resources[logicalId];
  return isObject(entry) && isObject(entry['Properties']) ? entry['Properties'] : {};
}

/** A stack that is deployed, with what it made. */
export interface DeployedStack extends BlueprintStack {
  readonly resources: ReadStack['resources'];
  readonly clients: Clients;
}

/** Stacks that are deployed, and those that are nested in them. */
export async function deployedStacks(
  stacks: readonly StackRef[],
  clientsIn: (region: string | undefined) => Clients,
  signal: AbortSignal,
): Promise<DeployedStack[]> {
  const found: DeployedStack[] = [];
  for (const ref of stacks) await read(ref, clientsIn(ref.region), found, signal);
  return found;
}

/** What CloudFormation called a resource. */
export const physicalIdIn = (
  stacks: readonly DeployedStack[],
  { stack, logicalId }: Address,
): string | undefined => stacks.find(({ path }) => path === stack)?.resources.get(logicalId)?.physicalId;

/** A stack and those that are nested in it. */
async function read(
  ref: StackRef,
  clients: Clients,
  found: DeployedStack[],
  signal: AbortSignal,
): Promise<void> {
  const { template, resources, nested } = await readStack(ref, clients, signal);
  found.push({ ...ref, template, resources, clients });
  for (const it of nested) await read(it, clients, found, signal);
}
