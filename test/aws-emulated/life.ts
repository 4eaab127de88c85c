import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { setTimeout as wait } from 'node:timers/promises';
import { publish } from './bootstrap';
import type { Case } from './case';
import { added, census, silenced, typesAround, type Listed } from './census';
import type { Emulator } from './emulator';
import type { Synthesized } from './pair';

/** What was seen of a stack from before its creation until after its deletion. */
export interface Life {
  /** Why it was not made. */
  readonly notMade?: string;
  /** Why it was not deleted. */
  readonly notDeleted?: string;
  /** The types of its template. */
  readonly declared: readonly string[];
  /** Those of which the services do not answer while the stack stands. */
  readonly unanswered: readonly string[];
  /** Those of which the services listed as many new ones as the template has. */
  readonly seen: readonly string[];
  /** What the services list after the deletion and did not before the creation. */
  readonly left: readonly Listed[];
  /** The types of which they answered before the creation and not after the deletion. */
  readonly silenced: readonly string[];
}

/** Makes a stack on an emulator, fills it and deletes it, and asks the services before, between and after. */
export async function live(emulator: Emulator, stack: Synthesized, fill: Case['fill']): Promise<Life> {
  const counts = new Map<string, number>();
  for (const { Type: type } of Object.values(stack.template.Resources))
    counts.set(type, (counts.get(type) ?? 0) + 1);
  const declared = [...counts.keys()];
  const types = typesAround(declared);
  await publish(emulator, stack);
  const before = await census(emulator, types);
  const { id, ids, reason } = await make(emulator, stack);
  if (id === undefined)
    return { notMade: reason ?? '', declared, unanswered: [], seen: [], left: [], silenced: [] };
  await fill?.({ use: emulator.use, idOf: (type) => ids.get(type)![0]! });
  const standing = await census(emulator, types);
  const listed = added(before, standing);
  const seen = [...counts].filter(([type, n]) => listed.filter((it) => it.type === type).length >= n);
  const notDeleted = await remove(emulator, id);
  const after = await census(emulator, types);
  return {
    declared,
    unanswered: declared.filter((type) => !standing.has(type)),
    seen: seen.map(([type]) => type),
    left: added(before, after),
    silenced: silenced(before, after),
    ...(notDeleted !== undefined && { notDeleted }),
  };
}

interface Made {
  /** Of the stack, if it was made. */
  readonly id?: string;
  readonly reason?: string;
  /** Physical ids by type. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
}

async function make({ use }: Emulator, { stackName, template }: Synthesized): Promise<Made> {
  const cloudFormation = use(CloudFormation);
  const ids = new Map<string, string[]>();
  try {
    const { StackId } = await cloudFormation.createStack({
      StackName: stackName,
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    });
    const reason = await settled(cloudFormation, StackId!, 'CREATE_COMPLETE');
    if (reason !== undefined) return { reason, ids };
    const { StackResources } = await cloudFormation.describeStackResources({ StackName: StackId });
    for (const { ResourceType: type, PhysicalResourceId: id } of StackResources ?? [])
      ids.set(type!, [...(ids.get(type!) ?? []), id!]);
    return { id: StackId!, ids };
  } catch (error) {
    return { reason: reasonOf(error), ids };
  }
}

/** Deletes a stack. @returns what stopped that */
async function remove({ use }: Emulator, StackName: string): Promise<string | undefined> {
  try {
    await use(CloudFormation).deleteStack({ StackName });
  } catch (error) {
    return reasonOf(error); // moto answers so what AWS would say later
  }
  return settled(use(CloudFormation), StackName, 'DELETE_COMPLETE');
}

/** The first line: the second tells how to debug the SDK. */
const reasonOf = (error: unknown): string => String(error).split('\n')[0]!;

const SECONDS = 120;

/** Waits until an operation on a stack has ended. @returns how it did, if not as wanted */
async function settled(
  cloudFormation: CloudFormation,
  StackName: string,
  wanted: string,
): Promise<string | undefined> {
  const until = Date.now() + SECONDS * 1000;
  while (Date.now() < until) {
    const { Stacks: [stack] = [] } = await cloudFormation.describeStacks({ StackName });
    const status = stack!.StackStatus!;
    if (status === wanted) return undefined;
    if (!status.endsWith('_IN_PROGRESS')) return `${status}: ${await failures(cloudFormation, StackName)}`;
    await wait(50);
  }
  return `not ${wanted} within ${SECONDS} s`;
}

async function failures(cloudFormation: CloudFormation, StackName: string): Promise<string> {
  const { StackEvents: events = [] } = await cloudFormation.describeStackEvents({ StackName });
  return events
    .filter(
      (it) => it.ResourceType !== 'AWS::CloudFormation::Stack' && it.ResourceStatus?.endsWith('_FAILED'),
    )
    .map((it) => `${it.LogicalResourceId}: ${it.ResourceStatusReason}`)
    .join('; ');
}
