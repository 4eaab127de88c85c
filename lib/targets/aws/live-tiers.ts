import type { BlueprintStack, Tier } from '../../blueprint/blueprint';
import { blueprintOfTemplates } from '../../blueprint/read-blueprint';
import { isObject, type Json } from '../../json';
import { nestedPathOf } from '../../template/constructs';
import type { Clients } from './clients';
import type { StackRef } from './handle';
import { resourcesOf } from './stack-state';

/** A tier of an environment that runs, with what CloudFormation called its resource. */
export interface LiveTier {
  readonly tier: Tier;
  readonly physicalId: string;
  /** What it called another resource of the environment. */
  readonly idOf: (address: { readonly stack: string; readonly logicalId: string }) => string | undefined;
  readonly clients: Clients;
}

/** The tiers of an environment, as it is deployed: what its stacks were made of says more than any assembly. */
export async function liveTiers(
  environment: string,
  stacks: readonly StackRef[],
  clientsIn: (region: string | undefined) => Clients,
  signal: AbortSignal,
): Promise<LiveTier[]> {
  const found: Found[] = [];
  for (const ref of stacks) await read(ref, clientsIn(ref.region), found, signal);
  const idOf: LiveTier['idOf'] = ({ stack, logicalId }) =>
    found.find(({ path }) => path === stack)?.ids.get(logicalId);
  return blueprintOfTemplates(environment, found).tiers.flatMap((tier): LiveTier[] => {
    const physicalId = idOf(tier);
    const { clients } = found.find(({ path }) => path === tier.stack)!;
    return physicalId === undefined ? [] : [{ tier, physicalId, idOf, clients }];
  });
}

/** A stack with what it made. */
interface Found extends BlueprintStack {
  readonly ids: ReadonlyMap<string, string>;
  readonly clients: Clients;
}

/** A stack and those that are nested in it. */
async function read(ref: StackRef, clients: Clients, found: Found[], signal: AbortSignal): Promise<void> {
  const StackName = ref.id ?? ref.name;
  const { TemplateBody = '{}' } = await clients
    .for('cloudformation', signal)
    .getTemplate({ StackName, TemplateStage: 'Original' });
  const template = JSON.parse(TemplateBody) as Json;
  const resources = await resourcesOf(clients, ref, signal);
  const ids = resources.flatMap(({ LogicalResourceId: logicalId, PhysicalResourceId: physicalId }) =>
    logicalId === undefined || !physicalId ? [] : [[logicalId, physicalId] as const],
  );
  const entries = isObject(template) && isObject(template['Resources']) ? template['Resources'] : {};
  found.push({ ...ref, template: isObject(template) ? template : {}, ids: new Map(ids), clients });
  for (const { ResourceType: type, LogicalResourceId: logicalId = '', PhysicalResourceId: id } of resources) {
    if (type !== 'AWS::CloudFormation::Stack' || !id) continue;
    const name = id.split('/')[1] ?? id;
    await read(
      { path: nestedPathOf(entries[logicalId], logicalId), name, region: ref.region, id },
      clients,
      found,
      signal,
    );
  }
}
