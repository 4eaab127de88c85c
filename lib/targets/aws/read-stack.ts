import { isObject, type Json, type JsonObject } from '../../json';
import { nestedPathOf } from '../../template/constructs';
import { parseYaml } from '../../template/yaml-template';
import type { DeployedResource } from '../observe';
import type { Clients } from './clients';
import type { StackRef } from './handle';
import { resourcesOf } from './stack-state';

/** A stack as it was deployed. */
export interface ReadStack {
  readonly template: JsonObject;
  /** What CloudFormation made, by logical id. */
  readonly resources: ReadonlyMap<string, DeployedResource>;
  /** The stacks that are nested in it. */
  readonly nested: readonly StackRef[];
}

/** Reads the template of a stack, and what CloudFormation made of it. */
export async function readStack(ref: StackRef, clients: Clients, signal: AbortSignal): Promise<ReadStack> {
  const template = await templateOf(ref, clients, signal);
  const listed = await resourcesOf(clients, ref, signal);
  const resources = new Map(
    listed.flatMap(
      ({
        LogicalResourceId: id,
        ResourceType: type = '',
        PhysicalResourceId: physicalId,
        ResourceStatus: status,
      }) =>
        id === undefined || !physicalId || status === 'DELETE_COMPLETE'
          ? []
          : [[id, { type, physicalId }] as const],
    ),
  );
  const entries = isObject(template['Resources']) ? template['Resources'] : {};
  const nested = [...resources].flatMap(([logicalId, { type, physicalId: id }]): StackRef[] =>
    type === 'AWS::CloudFormation::Stack'
      ? [
          {
            path: nestedPathOf(entries[logicalId], logicalId),
            name: id.split('/')[1] ?? id,
            region: ref.region,
            id,
          },
        ]
      : [],
  );
  return { template, resources, nested };
}

/** Without a bucket for assets, the CDK deploys a template as YAML. */
async function templateOf(
  { id, name }: StackRef,
  clients: Clients,
  signal: AbortSignal,
): Promise<JsonObject> {
  const { TemplateBody: body = '{}' } = await clients
    .reads('cloudformation', signal)
    .getTemplate({ StackName: id ?? name, TemplateStage: 'Original' });
  const template = (/^\s*\{/.test(body) ? JSON.parse(body) : await parseYaml(name, body)) as Json;
  return isObject(template) ? template : {};
}
