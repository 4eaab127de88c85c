import type { Stack } from '@aws-sdk/client-cloudformation';
import { liftsIn } from '../../aws/types';
import { TwinError } from '../../error';
import { isObject, listOf, type Json } from '../../json';
import type { ProbeWatch } from '../../probes/probes';
import type {
  DeployedDatabase,
  DeployedStackRef,
  FinalCopy,
  OldProduction,
  WhatStands,
} from '../old-production';
import type { Deployment } from '../target';
import { serviceOf, type DatabaseService } from './database-service';
import { ensure } from './ensure';
import { stacksOf, type PlannedStack } from './environment-stacks';
import type { StackRef } from './handle';
import { deployedStacks, tiersIn, type DeployedStack, type LiveTier } from './live-tiers';
import { stateOf } from './members';
import type { AwsPlace } from './place';
import { snapshotCalls, type SnapshotState } from './snapshot-calls';
import { takeSnapshot } from './snapshots';
import { exists, resourcesOf, stackState } from './stack-state';
import { until } from './until';
import { checkAccount } from './verified';

/** The tag of a final snapshot: its value is the name of the production. No sweep looks for it. */
const FINAL_OF = 'cdk-twin:final-of';

const POLL_MS = 5_000;

/** A production on AWS that is to be torn down. */
export class OldAwsProduction implements OldProduction {
  private readonly environment: string;
  private readonly planned: readonly PlannedStack[];

  constructor(
    deployment: Deployment,
    private readonly place: AwsPlace,
    private readonly pollMs = POLL_MS,
  ) {
    this.environment = deployment.environment;
    this.planned = stacksOf(deployment);
  }

  async look({ signal }: ProbeWatch): Promise<WhatStands> {
    const { environment, planned } = this;
    await checkAccount(planned, this.place, environment, signal);
    const there: { readonly ref: StackRef; readonly stack: Stack }[] = [];
    for (const { path, name, region } of planned) {
      const stack = await stackState(this.place.in(region), { path, name, region, id: undefined }, signal);
      if (exists(stack)) there.push({ ref: { path, name, region, id: stack.StackId }, stack });
    }
    if (there.length === 0) throw nothingStands(environment, await this.place.account(signal));
    const refs = there.map(({ ref }) => ref);
    const found = await deployedStacks(refs, this.place.in, signal);
    const kept = [
      ...there.flatMap(({ stack }) =>
        stack.EnableTerminationProtection ? [`the stack ${stack.StackName}`] : [],
      ),
      ...found.flatMap(protectedIn),
    ];
    if (kept.length > 0) throw isProtected(environment, kept);
    const tiers = tiersIn(environment, found);
    const databases = tiers.filter(({ tier }) => tier.kind === 'sql' || tier.kind === 'document');
    return {
      stacks: await Promise.all(
        refs.map(async ({ name, id = name, region }) => ({
          name,
          id,
          region: region ?? (await this.place.region()),
        })),
      ),
      databases: await Promise.all(databases.map((live) => databaseOf(live, signal))),
      without: tiers.flatMap(({ tier: { name, kind } }) =>
        kind === 'cache' || kind === 'storage' ? [`${name} (${kind})`] : [],
      ),
    };
  }

  async keep(database: DeployedDatabase, name: string, watch: ProbeWatch): Promise<FinalCopy> {
    const { id, region } = database;
    const service = database.service as DatabaseService;
    const clients = this.place.in(region);
    const tags = { [FINAL_OF]: this.environment };
    await takeSnapshot({ database: id, name, service, tags }, clients, this.pollMs, watch);
    const [taken] = await snapshotCalls(service, clients, watch.signal).list({ name });
    if (!taken) throw new Error(`${name} was there, and is not listed`);
    return copyOf(taken);
  }

  async copiesOf(
    { id, service, region }: DeployedDatabase,
    since: Date,
    { signal }: ProbeWatch,
  ): Promise<readonly FinalCopy[]> {
    const calls = snapshotCalls(service as DatabaseService, this.place.in(region), signal);
    const all = await calls.list({ database: id, isManual: true });
    return all
      .filter(({ takenAt }) => takenAt >= since)
      .toSorted((a, b) => a.takenAt.getTime() - b.takenAt.getTime())
      .map(copyOf);
  }

  async remove({ name, id, region }: DeployedStackRef, watch: ProbeWatch): Promise<readonly string[]> {
    const { signal } = watch;
    const clients = this.place.in(region);
    const ref: StackRef = { path: '', name, region, id };
    const look = () => stackState(clients, ref, signal);
    const isUnderWay = (it: Stack | undefined) => exists(it) && it.StackStatus === 'DELETE_IN_PROGRESS';
    const before = await look();
    if (exists(before) && !isUnderWay(before)) {
      const make = () => clients.for('cloudformation', signal).deleteStack({ StackName: id });
      const isMade = async () => {
        const now = await look();
        return !exists(now) || isUnderWay(now);
      };
      await ensure({ make, isMade }, signal);
    }
    const end = await until(look, (now) => !isUnderWay(now), { signal, pollMs: this.pollMs });
    if (exists(end)) throw notDeleted(name, end);
    if (end === undefined) return []; // forgotten, as after 90 days
    const resources = await resourcesOf(clients, ref, signal);
    return resources.flatMap(
      ({ ResourceStatus: status, ResourceType: type, PhysicalResourceId: physical }) =>
        status === 'DELETE_SKIPPED' ? [`${type} ${physical}`] : [],
    );
  }
}

async function databaseOf(live: LiveTier, signal: AbortSignal): Promise<DeployedDatabase> {
  const { tier, physicalId: id, clients } = live;
  const state = await stateOf(live, signal);
  return {
    tier: tier.name,
    engine: state.skipped ? tier.kind : state.engine,
    id,
    service: serviceOf(tier),
    region: await clients.region(),
  };
}

const copyOf = ({ name, arn, takenAt }: SnapshotState): FinalCopy => ({
  name,
  arn,
  takenAt: takenAt.toISOString(),
});

/** What in a stack stops its deletion, half-way through, by its template: what is retained is not deleted. */
function protectedIn({ template, resources }: DeployedStack): string[] {
  const entries = isObject(template['Resources']) ? template['Resources'] : {};
  return Object.entries(entries).flatMap(([id, entry]) => {
    if (!isObject(entry) || String(entry['DeletionPolicy']).startsWith('Retain')) return [];
    const [type, properties] = [String(entry['Type']), entry['Properties'] ?? {}];
    const isKept = liftsIn(type, properties).some(({ rule }) => rule === 'protected') || isHeld(properties);
    return isKept ? [`${type} ${resources.get(id)?.physicalId ?? id}`] : [];
  });
}

/** A load balancer says it in a list of pairs. */
const isHeld = (properties: Json): boolean =>
  listOf(isObject(properties) ? properties['LoadBalancerAttributes'] : undefined).some(
    (it) => isObject(it) && it['Key'] === 'deletion_protection.enabled' && String(it['Value']) === 'true',
  );

const nothingStands = (environment: string, account: string): TwinError =>
  new TwinError({
    code: 'no-stack',
    message: `no stack of ${environment} is in the account ${account}`,
    fix: 'Name the release that it runs with --release, or the profile and the Region in aws.production of twin.config.ts.',
  });

const isProtected = (environment: string, kept: readonly string[]): TwinError =>
  new TwinError({
    code: 'protected',
    message: [`${environment} is protected from being deleted`, ...kept].join('\n  '),
    fix: 'Turn the protection of each off, as twin does not: of a stack with aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name <name>.',
  });

const notDeleted = (name: string, { StackStatus, StackStatusReason }: Stack): TwinError =>
  new TwinError({
    code: 'not-deleted',
    message: `the stack ${name} could not be deleted: it is ${StackStatus}, ${StackStatusReason ?? 'and no reason was given'}`,
    fix: 'Remove what it names, then run the command again: it goes on where it ended.',
  });
