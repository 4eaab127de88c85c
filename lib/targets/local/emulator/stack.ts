import type { Capability, Stack } from '@aws-sdk/client-cloudformation';
import { setTimeout as pause } from 'node:timers/promises';
import { TwinError } from '../../../error';
import type { EmulatorClients } from './clients';
import { idOf, type EmulatorTemplate } from './template';

/** What an emulator has made of a template. */
export interface MadeStack {
  /** The values that the template asks for, by its keys. */
  readonly values: ReadonlyMap<string, string>;
  /** The physical ids, by logical id. */
  readonly physicalIds: ReadonlyMap<string, string>;
  /** What it has not made: why, by logical id. */
  readonly leftOut: ReadonlyMap<string, string>;
}

/** How a stack is deployed. */
export interface StackDeployment {
  /** Such as `MiniStack 1.5.33`. */
  readonly engine: string;
  /** Makes the template without some resources. */
  template(leftOut: ReadonlySet<string>): EmulatorTemplate;
  /** Before the template is deployed: what it needs beside itself. */
  before(template: string): Promise<void>;
  readonly signal: AbortSignal;
}

/** The stack of an environment in an emulator's CloudFormation. */
export class EmulatorStack {
  constructor(
    private readonly clients: EmulatorClients,
    readonly name: string,
  ) {}

  /**
   * Creates or updates it. What the emulator does not know, or cannot make, is left out.
   *
   * @throws TwinError `emulator` where it refuses the template for another reason
   */
  async deploy(deployment: StackDeployment): Promise<MadeStack> {
    const { engine, signal } = deployment;
    const leftOut = new Map<string, string>();
    for (;;) {
      signal.throwIfAborted();
      const made = deployment.template(new Set(leftOut.keys()));
      const body = JSON.stringify(made.template);
      await deployment.before(body);
      const failures = await this.attempt(body, deployment);
      const own = [...failures].filter(([id]) => id in made.template.Resources);
      if (failures.size > 0 && own.length === 0) throw refused(engine, [...failures.values()].join('; '));
      for (const [id, why] of own) leftOut.set(id, why);
      if (own.length > 0) continue;
      return await this.read(made, leftOut, engine);
    }
  }

  /** @returns the resources that stopped it, and why; empty where it is done */
  private async attempt(
    body: string,
    { engine, signal }: StackDeployment,
  ): Promise<ReadonlyMap<string, string>> {
    const { cloudformation } = this.clients;
    const existing = await this.describe();
    const since = new Date();
    const request = { StackName: this.name, TemplateBody: body, Capabilities: CAPABILITIES };
    try {
      if (existing) await cloudformation.updateStack(request);
      else await cloudformation.createStack({ ...request, OnFailure: 'DO_NOTHING' });
    } catch (error) {
      const { message } = error as Error;
      if (/no updates are to be performed/i.test(message)) return new Map();
      return refusedResources(message, body, engine);
    }
    const stack = await this.settled(signal);
    if (stack?.StackStatus === 'CREATE_COMPLETE' || stack?.StackStatus === 'UPDATE_COMPLETE')
      return new Map();
    const failures = await this.failures(since, engine);
    if (!existing) await this.delete(signal);
    if (failures.size > 0) return failures;
    return new Map([['', `${stack?.StackStatus}: ${stack?.StackStatusReason ?? 'it does not say why'}`]]);
  }

  private async failures(since: Date, engine: string): Promise<ReadonlyMap<string, string>> {
    const { StackEvents: events = [] } = await this.clients.cloudformation.describeStackEvents({
      StackName: this.name,
    });
    return new Map(
      events
        .filter(({ ResourceStatus: status = '' }) => /^(CREATE|UPDATE)_FAILED$/.test(status))
        .filter(({ LogicalResourceId: id }) => id !== this.name)
        .filter(({ Timestamp: at }) => at === undefined || at.getTime() >= since.getTime() - CLOCK_MS)
        .filter(({ ResourceStatusReason: reason = '' }) => !/cancelled/i.test(reason))
        .map((it) => [it.LogicalResourceId!, `${engine} could not make it: ${it.ResourceStatusReason}`]),
    );
  }

  /** Asks for everything: an emulator may leave out silently what it does not know. */
  private async read(
    { template, outputs }: EmulatorTemplate,
    leftOut: Map<string, string>,
    engine: string,
  ): Promise<MadeStack> {
    const stack = await this.describe();
    const given = new Map(stack?.Outputs?.map((it) => [it.OutputKey, it.OutputValue ?? '']));
    const resources = await this.resources();
    const physicalIds = new Map(resources.map((it) => [it.id, it.physicalId]));
    for (const [id, it] of Object.entries(template.Resources)) {
      if (physicalIds.has(id)) continue;
      leftOut.set(id, `${engine} does not know ${(it as { readonly Type: string }).Type}`);
    }
    const values = new Map(
      [...outputs].flatMap(([key, name]) =>
        given.has(name) && !leftOut.has(idOf(key)) ? [[key, given.get(name)!] as const] : [],
      ),
    );
    return { values, physicalIds, leftOut };
  }

  /** The resources that are there. */
  async resources(): Promise<readonly StackResource[]> {
    const found: StackResource[] = [];
    for (let next: string | undefined; ;) {
      const page = await this.clients.cloudformation
        .listStackResources({ StackName: this.name, NextToken: next })
        .catch((error: Error) => {
          if (isAbsent(error)) return { StackResourceSummaries: [], NextToken: undefined };
          throw error;
        });
      for (const it of page.StackResourceSummaries ?? []) {
        const { LogicalResourceId: id = '', PhysicalResourceId: physicalId, ResourceType: type = '' } = it;
        if (physicalId && it.ResourceStatus !== 'DELETE_COMPLETE') found.push({ id, physicalId, type });
      }
      next = page.NextToken;
      if (!next) return found;
    }
  }

  /** @returns undefined where there is none */
  async describe(): Promise<Stack | undefined> {
    try {
      const { Stacks: [stack] = [] } = await this.clients.cloudformation.describeStacks({
        StackName: this.name,
      });
      return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack;
    } catch (error) {
      if (isAbsent(error as Error)) return undefined;
      throw error;
    }
  }

  /** Deletes it, with the objects of its buckets. */
  async delete(signal: AbortSignal): Promise<void> {
    const { cloudformation, s3 } = this.clients;
    for (const { type, physicalId } of await this.resources())
      if (type === 'AWS::S3::Bucket') await emptyBucket(s3, physicalId);
    await cloudformation.deleteStack({ StackName: this.name });
    await this.settled(signal);
  }

  private async settled(signal: AbortSignal): Promise<Stack | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const stack = await this.describe();
      if (!stack?.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
      await pause(POLL_MS);
    }
  }
}

/** A resource of a stack. */
export interface StackResource {
  readonly id: string;
  readonly physicalId: string;
  readonly type: string;
}

const POLL_MS = 50;
/** An emulator may round the time of an event. */
const CLOCK_MS = 1000;
const CAPABILITIES: Capability[] = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

/** Deletes every object of a bucket, in all versions. */
export async function emptyBucket(s3: EmulatorClients['s3'], bucket: string): Promise<void> {
  for (;;) {
    const {
      Versions = [],
      DeleteMarkers = [],
      IsTruncated: more,
    } = await s3.listObjectVersions({ Bucket: bucket }).catch((error: Error) => {
      if (isAbsent(error)) return { Versions: [], DeleteMarkers: [], IsTruncated: false };
      throw error;
    });
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await s3.deleteObject({ Bucket: bucket, Key, ...(VersionId !== 'null' && { VersionId }) });
    if (more !== true) return;
  }
}

/** Whether a stack, a bucket or a group of logs is not there. */
export const isAbsent = ({ name, message }: Error): boolean =>
  /^(NoSuchBucket|NotFound|ResourceNotFoundException)$/.test(name) || /does not exist/i.test(message);

/** The resources for which a template is refused as a whole. */
function refusedResources(message: string, body: string, engine: string): ReadonlyMap<string, string> {
  const { Resources: resources } = JSON.parse(body) as {
    Resources: Readonly<Record<string, { readonly Type: string }>>;
  };
  const [, unknown] = /Unrecognized resource types: \[([^\]]*)\]/.exec(message) ?? [];
  const types = unknown?.split(/,\s*/) ?? [];
  const ofThose = Object.entries(resources).filter(([, { Type }]) => types.includes(Type));
  if (ofThose.length > 0)
    return new Map(ofThose.map(([id, { Type }]) => [id, `${engine} does not know ${Type}`]));
  const named = Object.keys(resources).filter((id) => new RegExp(`\\b${id}\\b`).test(message));
  const about = named.length > 0 ? named : [''];
  return new Map(about.map((id) => [id, `${engine} refuses it: ${message}`]));
}

const refused = (engine: string, message: string): TwinError =>
  new TwinError({
    code: 'emulator',
    message: `${engine} could not make the resources of the template: ${message}`,
    fix: 'See logs/aws-emulator.log, or the log of the emulator that runs at local.awsEndpoint.',
    isMachineFault: true,
  });
