import type { ContextEntry } from '@aws-sdk/client-iam';
import type { Tier } from '../../blueprint/blueprint';
import type { Deployment } from '../target';
import type { Clients } from './clients';
import { isDenied } from './failed-call';
import { accountsOf, stacksOf } from './environment-stacks';
import type { StackRef } from './handle';
import { liveTiers, type LiveTier } from './live-tiers';
import type { Caller } from './place';
import { productionIn } from './production';
import { exists, stackState } from './stack-state';

type ClientsIn = (region: string | undefined) => Clients;

/** What is known of a caller's power over production. */
export interface PolicyFindings {
  /** What the caller may do to production: each in one sentence. */
  readonly refusals: readonly string[];
  /** What is not known. */
  readonly warnings: readonly string[];
}

/**
 * What the caller's policies say about production's clusters: IAM is asked what it would answer if they were modified or deleted.
 * What is not known is never taken for an answer.
 */
export async function policiesOnProduction(
  deployment: Deployment,
  caller: Caller,
  clientsIn: ClientsIn,
  signal: AbortSignal,
): Promise<PolicyFindings> {
  const production = productionIn(deployment);
  if (production === undefined) return { refusals: [], warnings: [] };
  const { environment: prod } = production;
  const stacks = await standing(production, caller.account, clientsIn, signal);
  if (stacks.length === 0) {
    const others = [...accountsOf(production)].filter((it) => it !== caller.account);
    const where = others.length > 0 ? `is in the account ${others.join(', ')}` : 'was not found';
    return unknown(`${prod} ${where}: what these credentials may do to it there is not known`);
  }
  const tiers = await liveTiers(prod, stacks, clientsIn, signal);
  const clusters = (await Promise.all(tiers.map((live) => clusterOf(live, caller)))).flat();
  if (clusters.length === 0) return { refusals: [], warnings: [] };
  const principal = await principalOf(caller, clientsIn, signal);
  if (principal.kind === 'root')
    return { refusals: [`the root user may do anything to the clusters of ${prod}`], warnings: [] };
  if (principal.kind === 'unknown')
    return unknown(`what these credentials may do to the clusters of ${prod} is not known: ${principal.why}`);
  return simulated(clusters, principal.arn, prod, clientsIn, signal);
}

const unknown = (why: string): PolicyFindings => ({ refusals: [], warnings: [why] });

/** The stacks of production that are in the caller's account. */
async function standing(
  production: Deployment,
  account: string,
  clientsIn: ClientsIn,
  signal: AbortSignal,
): Promise<StackRef[]> {
  const found: StackRef[] = [];
  for (const stack of stacksOf(production)) {
    if (stack.account !== undefined && stack.account !== account) continue;
    const state = await stackState(clientsIn(stack.region), { ...stack, id: undefined }, signal);
    if (exists(state)) found.push({ ...stack, id: state.StackId });
  }
  return found;
}

/** A cluster of production, and what must not be done to it. */
interface Cluster {
  readonly arn: string;
  readonly actions: readonly string[];
}

/** How a kind of cluster is named, and what must not be done to it. */
interface ClusterKind {
  readonly service: string;
  readonly resource: string;
  readonly actions: readonly string[];
}

/** Amazon DocumentDB has the ARNs and the actions of Amazon RDS. */
const CLUSTER: ClusterKind = {
  service: 'rds',
  resource: 'cluster',
  actions: ['rds:DeleteDBCluster', 'rds:FailoverDBCluster', 'rds:ModifyDBCluster'],
};
const INSTANCE: ClusterKind = {
  service: 'rds',
  resource: 'db',
  actions: ['rds:DeleteDBInstance', 'rds:ModifyDBInstance', 'rds:RebootDBInstance'],
};
const CACHE: ClusterKind = {
  service: 'elasticache',
  resource: 'replicationgroup',
  actions: ['elasticache:DeleteReplicationGroup', 'elasticache:ModifyReplicationGroup'],
};

function kindOf(tier: Tier): ClusterKind | undefined {
  if (tier.kind === 'cache') return CACHE;
  if (tier.kind === 'sql') return tier.instance ? INSTANCE : CLUSTER;
  if (tier.kind === 'document') return CLUSTER;
  if (tier.kind !== 'storage') return undefined;
  return { 'AWS::RDS::DBCluster': CLUSTER, 'AWS::RDS::DBInstance': INSTANCE }[tier.type];
}

async function clusterOf({ tier, physicalId, clients }: LiveTier, caller: Caller): Promise<Cluster[]> {
  const kind = kindOf(tier);
  if (kind === undefined) return [];
  const [, partition = 'aws'] = caller.arn.split(':');
  const where = `${kind.service}:${await clients.region()}:${caller.account}`;
  return [{ arn: `arn:${partition}:${where}:${kind.resource}:${physicalId}`, actions: kind.actions }];
}

/** Whose policies are asked for. */
type Principal =
  | { readonly kind: 'policies'; readonly arn: string }
  | { readonly kind: 'root' }
  | { readonly kind: 'unknown'; readonly why: string };

/** A session's ARN has the name of its role, without the path that the role's own ARN may have. */
async function principalOf({ arn }: Caller, clientsIn: ClientsIn, signal: AbortSignal): Promise<Principal> {
  const resource = arn.split(':').slice(5).join(':');
  if (resource === 'root') return { kind: 'root' };
  if (resource.startsWith('user/')) return { kind: 'policies', arn };
  const [, role] = /^assumed-role\/([^/]+)\//.exec(resource) ?? [];
  if (role === undefined) return { kind: 'unknown', why: `${arn} is neither a role nor a user` };
  try {
    const { Role } = await clientsIn(undefined).for('iam', signal).getRole({ RoleName: role });
    return { kind: 'policies', arn: Role?.Arn ?? arn };
  } catch (error) {
    if (!isDenied(error)) throw error;
    return { kind: 'unknown', why: `iam:GetRole on ${role} is not allowed` };
  }
}

async function simulated(
  clusters: readonly Cluster[],
  principal: string,
  prod: string,
  clientsIn: ClientsIn,
  signal: AbortSignal,
): Promise<PolicyFindings> {
  const [refusals, warnings] = [new Array<string>(), new Array<string>()];
  try {
    for (const cluster of clusters) {
      const { allowed, unsure } = await simulate(cluster, principal, clientsIn, signal);
      if (allowed.length > 0)
        refusals.push(
          `the policies of ${principal} allow ${allowed.join(', ')} on ${cluster.arn} of ${prod}`,
        );
      if (unsure.length > 0)
        warnings.push(
          `what ${principal} may do to ${cluster.arn} of ${prod} is not known: it depends on ${unsure.join(', ')}`,
        );
    }
  } catch (error) {
    if (!isDenied(error)) throw error;
    return {
      refusals,
      warnings: [
        `what ${principal} may do to the clusters of ${prod} is not known: iam:SimulatePrincipalPolicy on it is not allowed`,
      ],
    };
  }
  return { refusals, warnings };
}

/** What IAM would answer. */
interface Simulation {
  readonly allowed: readonly string[];
  /** The keys of conditions that only a real call has, where the answer would be no without them. */
  readonly unsure: readonly string[];
}

async function simulate(
  { arn, actions }: Cluster,
  principal: string,
  clientsIn: ClientsIn,
  signal: AbortSignal,
): Promise<Simulation> {
  const region = arn.split(':')[3];
  const { EvaluationResults: results = [] } = await clientsIn(undefined)
    .for('iam', signal)
    .simulatePrincipalPolicy({
      PolicySourceArn: principal,
      ActionNames: [...actions],
      ResourceArns: [arn],
      ContextEntries: await tagsOf(arn, clientsIn(region), signal),
    });
  const isAllowed = ({ EvalDecision: decision }: (typeof results)[number]): boolean => decision === 'allowed';
  const missing = results
    .filter((it) => !isAllowed(it))
    .flatMap(({ MissingContextValues: keys = [] }) => keys)
    // its tags are all there: what is missing, it has not
    .filter((key) => !/^aws:ResourceTag\//i.test(key));
  return {
    allowed: results.filter(isAllowed).flatMap(({ EvalActionName: action }) => action ?? []),
    unsure: [...new Set(missing)],
  };
}

/** The tags of a resource, which policies may ask for. */
async function tagsOf(arn: string, clients: Clients, signal: AbortSignal): Promise<ContextEntry[]> {
  const { ResourceTagMappingList: [found] = [] } = await clients
    .for('tagging', signal)
    .getResources({ ResourceARNList: [arn] });
  return (found?.Tags ?? []).map(({ Key, Value = '' }) => ({
    ContextKeyName: `aws:ResourceTag/${Key}`,
    ContextKeyValues: [Value],
    ContextKeyType: 'string',
  }));
}
