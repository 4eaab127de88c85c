import { CLONE_OF } from '../../aws/life';
import { showMinute } from '../../duration';
import { TwinError } from '../../error';
import type { Watch } from '../target';
import type { Clients } from './clients';
import { databases, serviceOf, type ClusterService } from './database-service';
import { isNotThere } from './failed-call';
import type { LiveTier } from './live-tiers';
import { allPages } from './pages';
import type { Clone } from './seeds';

/** A clone that is to be made, and where. */
export interface CloneProps {
  readonly clone: Clone;
  /** That of staging. */
  readonly account: string;
  /** That of production. */
  readonly production: string;
  /** Where staging has it. */
  readonly region: string;
  readonly clients: Clients;
}

/** Of one cluster there are so many clones; the next one is a full copy (Amazon Aurora User Guide, "Cloning a volume"). */
const CLONES = 15;

/**
 * Checks that a cluster can be cloned, before anything exists.
 *
 * @returns the cluster
 * @throws TwinError `seed` where it cannot
 */
export async function checkClone(props: CloneProps, signal: AbortSignal): Promise<SourceCluster> {
  const isForeign = checkPlace(props);
  const source = await sourceOf(props, isForeign, signal);
  checkSource(props.clone, source, isForeign);
  if (source.CloneGroupId !== undefined) await checkCount(props, source, isForeign, signal);
  return source;
}

async function checkCount(
  props: CloneProps,
  source: SourceCluster,
  isForeign: boolean,
  signal: AbortSignal,
): Promise<void> {
  const rds = props.clients.for('rds', signal);
  const all = await allPages(async (Marker) => {
    const page = await rds.describeDBClusters({ Marker });
    return { items: page.DBClusters, next: page.Marker };
  });
  const group = all.filter(
    (it) => it.CloneGroupId === source.CloneGroupId && it.DBClusterArn !== source.DBClusterArn,
  );
  const ours = isForeign ? group.find(({ CrossAccountClone }) => CrossAccountClone === true) : undefined;
  if (ours)
    throw no(props.clone, `this account has a clone of it, ${ours.DBClusterIdentifier}, and may have one`);
  if (group.length >= CLONES)
    throw no(props.clone, `it has ${group.length} clones, and the next one would be a full copy`);
}

/** Learns of which time clones are, once they are made: it is that at which they were. */
export async function learnClones(tiers: readonly LiveTier[], watch: Watch): Promise<void> {
  for (const { tier, properties, physicalId: cluster, clients } of tiers) {
    const { [CLONE_OF]: of } = properties;
    const service = serviceOf(tier);
    if (service === 'rds-instance' || typeof of !== 'string') continue;
    await learnClone({ tier: tier.name, of, service, cluster, clients, how: 'as it is' }, watch);
  }
}

/** A clone that was made. */
export interface MadeClone {
  readonly tier: string;
  /** What it is a clone of. */
  readonly of: string;
  readonly service: ClusterService;
  /** How it is called. */
  readonly cluster: string;
  readonly clients: Clients;
  /** What became of its data: `as it is`, or `scrubbed`. */
  readonly how: string;
}

/** Learns of which time a clone is. */
export async function learnClone(
  { tier, of, service, cluster, clients, how }: MadeClone,
  watch: Watch,
): Promise<void> {
  const calls = databases(service, clients, watch.signal);
  const { DBClusters: [made] = [] } = await calls.describeDBClusters({ DBClusterIdentifier: cluster });
  const at = made?.ClusterCreateTime;
  if (at === undefined) return;
  watch.learn({
    [`data.${tier}`]: `a clone of production's ${of} of ${showMinute(at)}, ${how}`,
    [`clonedAt.${tier}`]: at.toISOString(),
  });
}

/** What is read of a cluster that is cloned: Amazon DocumentDB says less of it. */
export interface SourceCluster {
  readonly DBClusterArn?: string | undefined;
  readonly Status?: string | undefined;
  readonly Engine?: string | undefined;
  readonly EngineMode?: string | undefined;
  readonly StorageEncrypted?: boolean | undefined;
  readonly CloneGroupId?: string | undefined;
  readonly MasterUsername?: string | undefined;
  /** Where it has its storage. */
  readonly AvailabilityZones?: readonly string[] | undefined;
  readonly DBClusterMembers?: readonly object[] | undefined;
}

const ARN = /^arn:[^:]+:rds:([^:]+):(\d{12}):cluster:[^:]+$/;

/** Whether it is another account's. */
function checkPlace({ clone, account, production, region }: CloneProps): boolean {
  const [, itsRegion, itsAccount] = ARN.exec(clone.of) ?? [];
  if (itsRegion !== undefined && itsRegion !== region)
    throw no(
      clone,
      `it is in ${itsRegion}, staging in ${region}, and a clone is in the Region of its source`,
    );
  if (itsAccount === undefined && account !== production)
    throw no(
      clone,
      `production has the account ${production}, and a cluster there is named by its ARN`,
      'Give the ARN in aws.seed.clones, and share the cluster with the account of staging in AWS RAM.',
    );
  const isForeign = itsAccount !== undefined && itsAccount !== account;
  if (isForeign && clone.service !== 'rds')
    throw no(clone, `it belongs to the account ${itsAccount}, and Aurora alone is cloned across accounts`);
  return isForeign;
}

async function sourceOf(
  { clone, account, clients }: CloneProps,
  isForeign: boolean,
  signal: AbortSignal,
): Promise<SourceCluster> {
  const DBClusterIdentifier = clone.of;
  try {
    const { DBClusters: [found] = [] }: { DBClusters?: SourceCluster[] } = isForeign
      ? await clients.for('rds', signal).describeDBClusters({ DBClusterIdentifier, IncludeShared: true })
      : await databases(clone.service, clients, signal).describeDBClusters({ DBClusterIdentifier });
    if (found) return found;
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
  if (isForeign)
    throw no(
      clone,
      `it is not shared with the account ${account}`,
      'Share it in AWS RAM with the account of staging, accept the share there, and let that account use its KMS key.',
    );
  throw no(clone, 'there is no such cluster', 'Name the cluster in aws.seed.clones as production calls it.');
}

const ENGINES: Readonly<Record<Clone['service'], RegExp>> = {
  rds: /^aurora/,
  docdb: /^docdb$/,
  neptune: /^neptune$/,
};

function checkSource(clone: Clone, source: SourceCluster, isForeign: boolean): void {
  const { Engine: engine = '', EngineMode: mode, Status: status, DBClusterMembers: members = [] } = source;
  if (!ENGINES[clone.service].test(engine) || (clone.engine ?? engine) !== engine)
    throw no(clone, `it is ${engine}, ${clone.tier} of staging is ${clone.engine ?? clone.service}`);
  if (mode === 'serverless')
    throw no(clone, 'it is Aurora Serverless v1, which becomes no provisioned clone');
  if (source.StorageEncrypted !== true)
    throw no(clone, "it is not encrypted, and a clone is under staging's key, aws.seed.kmsKeyArn");
  if (status !== 'available') throw no(clone, `it is ${status}, expected available`);
  // the members of another account's are not listed
  if (!isForeign && members.length === 0) throw no(clone, 'it has no instance');
}

const no = (
  { tier, of }: Clone,
  why: string,
  fix = `Take ${tier} out of aws.seed.clones: it then begins with a copy of a snapshot.`,
): TwinError => new TwinError({ code: 'seed', message: `${tier} cannot be a clone of ${of}: ${why}`, fix });
